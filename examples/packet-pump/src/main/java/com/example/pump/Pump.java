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
    property = {
      "osgi.command.scope=pump",
      "osgi.command.function=count",
      "org.sluice.command.reads=count"
    })
@Designate(ocd = Pump.Config.class)
public final class Pump {
  private static final System.Logger LOG = System.getLogger("com.example.pump");
  private static final long AGAIN_NANOS = 200_000_000;

  @ObjectClassDefinition(name = "Pump", description = "What the pump forwards")
  public @interface Config {
    @AttributeDefinition(name = "Left", description = "One interface, which the host has no use for")
    String left();

    @AttributeDefinition(name = "Right", description = "Another one")
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
  private final Meter there = new Meter();
  private final Meter back = new Meter();
  private final Thread thread;
  private volatile List<Way> ways = List.of();
  private volatile boolean closed;

  @Activate
  public Pump(@Reference Ports ports, Config config) {
    this.ports = ports;
    this.config = config;
    thread = Thread.ofPlatform().name("com.example.pump/there").start(this::work);
  }

  @Deactivate
  public void stop() throws InterruptedException {
    closed = true;
    ways.forEach(Way::stop);
    LockSupport.unpark(thread);
    thread.join();
  }

  /** Rings do not survive their interface or their driver, so they are opened again when they can. */
  private void work() {
    String told = "";
    while (!closed) {
      try (RawRings left = rings(config.left());
          RawRings right = rings(config.right())) {
        told = "";
        forward(new Way(left, right, there), new Way(right, left, back));
      } catch (PortException | IllegalStateException e) {
        if (!closed && !e.toString().equals(told)) {
          told = e.toString();
          LOG.log(System.Logger.Level.WARNING, "nothing is forwarded, and it is tried again: " + told);
        }
      }
      if (!closed) {
        LockSupport.parkNanos(this, AGAIN_NANOS);
      }
    }
  }

  /** All chunks of the port are moved by hand from now on. */
  private RawRings rings(String link) throws PortException {
    FrameSpec spec = FrameSpec.on(link).queues(0);
    return RawRings.of(ports.open(spec, config.driver()), config.checked());
  }

  /** Each way has a thread, of which this is one. When one ends, so does the other. */
  private void forward(Way one, Way other) {
    ways = List.of(one, other);
    if (closed) {
      return;
    }
    Thread second =
        Thread.ofPlatform()
            .name("com.example.pump/back")
            .start(
                () -> {
                  try {
                    other.run();
                  } catch (IllegalStateException e) {
                    LOG.log(System.Logger.Level.WARNING, "the way back ended: " + e);
                  } finally {
                    one.stop();
                  }
                });
    try {
      one.run();
    } finally {
      other.stop();
      ended(second);
      ways = List.of();
    }
  }

  /** Nobody may be at the rings when they are closed. */
  private static void ended(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Nobody means this thread: it is ended by stop().
      }
    }
  }

  @Descriptor(
      """
      Tells what went in each direction.
      Example: pump:count""")
  public List<Row> count() {
    return List.of(
        there.row(config.left(), config.right()), back.row(config.right(), config.left()));
  }
}
