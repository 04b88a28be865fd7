package com.example.echo;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
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
    property = {"osgi.command.scope=echo", "osgi.command.function=count"})
@Designate(ocd = Echo.Config.class)
public final class Echo implements Flow.Subscriber<Packet> {
  /** So many are asked for at a time; the next half when the first was answered. */
  private static final int ASKED = 64;

  @ObjectClassDefinition(name = "Echo", description = "Where the echo plugin answers")
  public @interface Config {
    @AttributeDefinition(name = "Interface", description = "By name")
    String link();

    @AttributeDefinition(name = "Port", description = "Of UDP", min = "1", max = "65535")
    int port() default 7;

    @AttributeDefinition(name = "Driver", description = "By name, or auto")
    String driver() default Ports.AUTO;
  }

  private final AsyncPort port;
  private final AtomicLong answered = new AtomicLong();
  private Flow.Subscription subscription;
  private int since;

  @Activate
  public Echo(@Reference Ports ports, Config config) throws PortException {
    FrameSpec spec = FrameSpec.on(config.link()).matching(Match.udp(config.port()));
    port = ports.async(spec, config.driver());
    port.packets().subscribe(this);
  }

  @Deactivate
  public void stop() {
    port.close();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(ASKED);
  }

  /** The packet is ours now: it is sent, or released. */
  @Override
  public void onNext(Packet packet) {
    if (turnedRound(packet)) {
      // The stage ends well when the packet is with the kernel; nobody waits for it.
      port.send(packet).thenRun(answered::incrementAndGet);
    } else {
      packet.release();
    }
    if (++since == ASKED / 2) {
      subscription.request(since);
      since = 0;
    }
  }

  /** Swaps both ends of a datagram of IPv4 without options. No checksum changes by that. */
  private static boolean turnedRound(Packet packet) {
    if (packet.length() < 42 || packet.continued()) {
      return false;
    }
    MemorySegment memory = packet.memory();
    long at = packet.address();
    if (memory.get(JAVA_BYTE, at + 12) != 8
        || memory.get(JAVA_BYTE, at + 13) != 0
        || memory.get(JAVA_BYTE, at + 14) != 0x45) {
      return false;
    }
    swap(memory, at, at + 6, 6);
    swap(memory, at + 26, at + 30, 4);
    swap(memory, at + 34, at + 36, 2);
    return true;
  }

  private static void swap(MemorySegment memory, long one, long other, int length) {
    for (int i = 0; i < length; i++) {
      byte kept = memory.get(JAVA_BYTE, one + i);
      memory.set(JAVA_BYTE, one + i, memory.get(JAVA_BYTE, other + i));
      memory.set(JAVA_BYTE, other + i, kept);
    }
  }

  @Override
  public void onError(Throwable why) {
    System.getLogger("com.example.echo").log(System.Logger.Level.WARNING, "no more packets", why);
  }

  @Override
  public void onComplete() {}

  @Descriptor(
      """
      Tells how many datagrams were answered.
      Example: echo:count""")
  public long count() {
    return answered.get();
  }
}
