package com.example.echo;

import java.net.InetAddress;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.LongAdder;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.sluice.packet.api.AsyncPort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;

/** Sends datagrams of UDP back to where they came from; waits for no packet, is called instead. */
@Component(
    service = Echo.class,
    immediate = true,
    configurationPid = "com.example.echo",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      "osgi.command.scope=echo",
      "osgi.command.function=count",
      "org.sluice.command.reads=count"
    })
@Designate(ocd = Echo.Config.class)
public final class Echo {
  /** So many are asked for at a time; the next half when the first was answered. */
  private static final int ASKED = 64;

  @ObjectClassDefinition(name = "Echo", description = "Where the echo plugin answers")
  public @interface Config {
    @AttributeDefinition(name = "Interface", description = "By name")
    String link();

    @AttributeDefinition(name = "Address", description = "One of this host, of IPv4 or IPv6")
    String address();

    @AttributeDefinition(name = "Port", description = "Of UDP", min = "1", max = "65535")
    int port() default 7;

    @AttributeDefinition(name = "Driver", description = "auto, xdp or afpacket")
    String driver() default Ports.AUTO;
  }

  /** What became of what arrived. */
  public record Count(long answered, long ignored) {}

  private final Ports ports;
  private final LongAdder answered = new LongAdder();
  private final LongAdder ignored = new LongAdder();
  private Config config;
  private AsyncPort port;

  @Activate
  public Echo(@Reference Ports ports, Config config) throws PortException {
    this.ports = ports;
    this.config = config;
    port = open(config);
  }

  /** Another address or port is a matter of the match: the port stays open, and loses nothing. */
  @Modified
  public void modified(Config changed) throws PortException {
    if (changed.link().equals(config.link()) && changed.driver().equals(config.driver())) {
      port.match(match(changed));
    } else {
      port.close();
      try {
        port = open(changed);
      } catch (PortException e) {
        port = open(config);
        throw e;
      }
    }
    config = changed;
  }

  @Deactivate
  public void stop() {
    port.close();
  }

  private AsyncPort open(Config config) throws PortException {
    FrameSpec spec = FrameSpec.on(config.link()).matching(match(config));
    AsyncPort opened = ports.async(spec, config.driver());
    opened.packets().subscribe(new Answers(opened));
    return opened;
  }

  private static Match match(Config config) {
    return new Match.Destination(InetAddress.ofLiteral(config.address()), config.port());
  }

  /** Called by the thread of its port. */
  private final class Answers implements Flow.Subscriber<Packet> {
    private final AsyncPort port;
    private final Reply reply = new Reply();
    private Flow.Subscription subscription;
    private int since;

    Answers(AsyncPort port) {
      this.port = port;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      subscription.request(ASKED);
    }

    /** The packet is ours now: it is sent, or released. */
    @Override
    public void onNext(Packet packet) {
      if (turned(packet)) {
        // The stage ends well when the packet is with the kernel; nobody waits for it.
        port.send(packet).thenRun(answered::increment);
      } else {
        packet.release();
        ignored.increment();
      }
      if (++since == ASKED / 2) {
        subscription.request(since);
        since = 0;
      }
    }

    private boolean turned(Packet packet) {
      try {
        return reply.made(packet);
      } catch (IllegalStateException e) {
        // The driver changed this moment, and the memory of the packet is gone.
        return false;
      }
    }

    @Override
    public void onError(Throwable why) {
      System.getLogger("com.example.echo").log(System.Logger.Level.WARNING, "no more packets", why);
    }

    @Override
    public void onComplete() {
      // The port was closed by stop() or modified().
    }
  }

  @Descriptor(
      """
      Tells how many datagrams were answered, and how many were not worth an answer.
      Example: echo:count""")
  public Count count() {
    return new Count(answered.sum(), ignored.sum());
  }
}
