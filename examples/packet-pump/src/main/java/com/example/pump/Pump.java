package com.example.pump;

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
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;
import org.sluice.packet.rings.RawRings;

/** Forwards every frame from one interface to another and back, and counts: a cable with a meter. */
@Component(
    service = Pump.class,
    immediate = true,
    configurationPid = "com.example.pump",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {"osgi.command.scope=pump", "osgi.command.function=count"})
@Designate(ocd = Pump.Config.class)
public final class Pump {
  private static final long LOOK_NANOS = 200_000;

  @ObjectClassDefinition(name = "Pump", description = "What the pump forwards")
  public @interface Config {
    @AttributeDefinition(name = "Left", description = "One interface")
    String left();

    @AttributeDefinition(name = "Right", description = "The other interface")
    String right();

    @AttributeDefinition(name = "Driver", description = "One that has rings")
    String driver() default "xdp";

    @AttributeDefinition(
        name = "Checked",
        description = "Whether every move of a chunk is checked, which costs time")
    boolean checked() default false;
  }

  /** What went one way. */
  public record Row(String from, String to, long packets, long bytes, long dropped) {}

  private final Config config;
  private final RawRings left;
  private final RawRings right;
  private final Way there;
  private final Way back;
  private final AtomicLong faults = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  @Activate
  public Pump(@Reference Ports ports, Config config) throws PortException {
    this.config = config;
    left = rings(ports, config, config.left());
    try {
      right = rings(ports, config, config.right());
    } catch (PortException | RuntimeException e) {
      left.close();
      throw e;
    }
    there = new Way(left, right);
    back = new Way(right, left);
    thread = Thread.ofPlatform().name("com.example.pump/forward").start(this::work);
  }

  /** All chunks of both ports are moved by hand from now on. */
  private static RawRings rings(Ports ports, Config config, String link) throws PortException {
    FrameSpec spec = FrameSpec.on(link).queues(0);
    return RawRings.of(ports.open(spec, config.driver()), config.checked());
  }

  @Deactivate
  public void stop() throws InterruptedException {
    closed = true;
    left.wake();
    thread.join();
    right.close();
    left.close();
  }

  private void work() {
    try {
      while (!closed) {
        if (there.move() + back.move() == 0) {
          // One thread looks at both, so it sleeps at one for a moment only.
          left.await(LOOK_NANOS);
        }
      }
    } catch (PortClosedException e) {
      // The driver went away.
    } catch (IllegalStateException e) {
      faults.incrementAndGet();
      System.getLogger("com.example.pump").log(System.Logger.Level.ERROR, "stopped", e);
    }
  }

  @Descriptor(
      """
      Tells what went in each direction.
      Example: pump:count""")
  public java.util.List<Row> count() {
    return java.util.List.of(
        there.row(config.left(), config.right()), back.row(config.right(), config.left()));
  }
}
