package com.example.balancer;

import java.io.IOException;
import java.net.NetworkInterface;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;
import org.sluice.packet.api.SplitPort;

/** Both ports, and a thread for each direction between them. */
final class Traffic {
  private final SplitPort front;
  private final SplitPort back;
  private final long frontMac;
  private final long backMac;
  private final Forwarding in;
  private final Forwarding out;
  private final Clients clients = new Clients();
  private volatile Service service;

  Traffic(Ports ports, Balancer.Config config, Service service) throws IOException {
    this.service = service;
    frontMac = mac(config.front());
    backMac = mac(config.back());
    front = ports.split(FrameSpec.on(config.front()).matching(service.match()), config.driver());
    try {
      Match answers = new Match.Transport(Match.UDP, 0);
      back = ports.split(FrameSpec.on(config.back()).matching(answers), config.driver());
    } catch (PortException | RuntimeException e) {
      front.close();
      throw e;
    }
    in =
        new Forwarding("in", front.receiver(), back.sender()) {
          private final Rewriter rewriter = new Rewriter();

          @Override
          boolean changes(Packet packet) {
            return rewriter.takes(packet) && toBackend(rewriter);
          }
        };
    out =
        new Forwarding("out", back.receiver(), front.sender()) {
          private final Rewriter rewriter = new Rewriter();

          @Override
          boolean changes(Packet packet) {
            return rewriter.takes(packet) && toClient(rewriter);
          }
        };
    in.start();
    out.start();
  }

  private boolean toBackend(Rewriter datagram) {
    Service now = service;
    if (datagram.destination() != now.address() || datagram.destinationPort() != now.port()) {
      return false;
    }
    Backend to =
        Rendezvous.choose(
            now.backends(), datagram.source(), datagram.sourcePort(), now.address(), now.port());
    if (to == null) {
      return false;
    }
    clients.heard(datagram.source(), datagram.station());
    datagram.destination(to.address, backMac, to.mac());
    to.sent();
    return true;
  }

  private boolean toClient(Rewriter datagram) {
    Service now = service;
    Backend from = now.at(datagram.source());
    long client = clients.of(datagram.destination());
    if (from == null || client == 0 || datagram.sourcePort() != now.port()) {
      return false;
    }
    datagram.source(now.address(), frontMac, client);
    from.answered();
    return true;
  }

  private static long mac(String link) throws IOException {
    NetworkInterface there = NetworkInterface.getByName(link);
    byte[] bytes = there == null ? null : there.getHardwareAddress();
    if (bytes == null) {
      throw new IOException("there is no interface " + link + " with an address of Ethernet");
    }
    long mac = 0;
    for (byte one : bytes) {
      mac = mac << 8 | one & 0xff;
    }
    return mac;
  }

  /** Takes effect with the next packet; ports stay open, and no packet is lost. */
  void serve(Service changed) throws PortException {
    if (!changed.match().equals(service.match())) {
      front.match(changed.match());
    }
    service = changed;
  }

  long forwarded() {
    return in.forwarded();
  }

  long answered() {
    return out.forwarded();
  }

  long dropped() {
    return in.dropped() + out.dropped();
  }

  void close() throws InterruptedException {
    in.close();
    out.close();
    back.close();
    front.close();
  }
}
