package com.example.balancer;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.InetAddress;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;
import org.sluice.packet.api.SplitPort;

/** Both ports and the two threads between them. */
final class Traffic {
  private final SplitPort front;
  private final SplitPort back;
  private final Forwarding in;
  private final Forwarding out;
  private final Clients clients = new Clients();
  private volatile Backend[] backends;

  Traffic(Ports ports, Balancer.Config config, Backend[] backends) throws IOException {
    this.backends = backends;
    int service = Addresses4.of(config.address());
    long frontMac = mac(config.front());
    long backMac = mac(config.back());
    Match wanted = new Match.Destination(InetAddress.ofLiteral(config.address()), config.port());
    front = ports.split(FrameSpec.on(config.front()).matching(wanted), config.driver());
    try {
      back =
          ports.split(
              FrameSpec.on(config.back()).matching(new Match.Transport(Match.UDP, 0)),
              config.driver());
    } catch (PortException | RuntimeException e) {
      front.close();
      throw e;
    }
    in =
        new Forwarding("in", front.receiver(), back.sender()) {
          @Override
          boolean changes() {
            Backend to =
                Rendezvous.choose(
                    Traffic.this.backends,
                    rewriter.source(),
                    rewriter.sourcePort(),
                    service,
                    config.port());
            if (to == null) {
              return false;
            }
            clients.heard(rewriter.source(), rewriter.stationHeard());
            rewriter.destination(to.address);
            rewriter.stations(backMac, to.mac);
            to.counted();
            return true;
          }
        };
    out =
        new Forwarding("out", back.receiver(), front.sender()) {
          @Override
          boolean changes() {
            long client = clients.of(rewriter.destination());
            if (client == 0 || rewriter.sourcePort() != config.port() || !known(rewriter.source())) {
              return false;
            }
            rewriter.source(service);
            rewriter.stations(frontMac, client);
            return true;
          }
        };
    in.start();
    out.start();
  }

  private boolean known(int address) {
    for (Backend backend : backends) {
      if (backend.address == address) {
        return true;
      }
    }
    return false;
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

  void backends(Backend[] changed) {
    backends = changed;
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

  void close() {
    in.close();
    out.close();
    back.close();
    front.close();
  }
}
