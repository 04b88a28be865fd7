package com.example.pump;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
  private static final long AGAIN_NANOS = 200_000_000;

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

  private final Ports ports;
  private final Config config;
  private final Thread thread;
  private volatile boolean closed;
  private volatile Way there;
  private volatile Way back;

  @Activate
  public Pump(@Reference Ports ports, Config config) {
    this.ports = ports;
    this.config = config;
    thread = Thread.ofPlatform().name("com.example.pump/forward").start(this::work);
  }

  /** All chunks of the port are moved by hand from now on. */
  private RawRings rings(String link) throws PortException {
    FrameSpec spec = FrameSpec.on(link).queues(0);
    return RawRings.of(ports.open(spec, config.driver()), config.checked());
  }

  @Deactivate
  public void stop() throws InterruptedException {
    closed = true;
    LockSupport.unpark(thread);
    thread.join();
  }

  /**
   * Opens both ports when it can, and again when they are gone: when this bundle is replaced the old
   * one has the queues for a moment longer.
   */
  private void work() {
    String before = "";
    while (!closed) {
      try (RawRings left = rings(config.left());
          RawRings right = rings(config.right())) {
        forward(left, right);
      } catch (PortException | IllegalStateException e) {
        if (!e.toString().equals(before)) {
          before = e.toString();
          System.getLogger("com.example.pump").log(System.Logger.Level.WARNING, "stopped: " + before);
        }
        LockSupport.parkNanos(this, AGAIN_NANOS);
      }
    }
  }

  private void forward(RawRings left, RawRings right) {
    Way one = new Way(left, right);
    Way other = new Way(right, left);
    there = one;
    back = other;
    while (!closed) {
      if (one.move() + other.move() == 0) {
        // One thread looks at both, so it sleeps at one for a moment only.
        left.await(LOOK_NANOS);
      }
    }
  }

  @Descriptor(
      """
      Tells what went in each direction.
      Example: pump:count""")
  public List<Row> count() {
    Way one = there;
    Way other = back;
    return one == null || other == null
        ? List.of()
        : List.of(one.row(config.left(), config.right()), other.row(config.right(), config.left()));
  }
}
