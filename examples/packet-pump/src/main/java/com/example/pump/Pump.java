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
  private static final int CHUNKS = 8192;
  private static final long SLEEP_NANOS = 1_000_000_000;
  private static final long SOON_NANOS = 1_000_000;

  @ObjectClassDefinition(name = "Pump", description = "What the pump forwards")
  public @interface Config {
    @AttributeDefinition(name = "Left", description = "One interface, which the host has no use for")
    String left();

    @AttributeDefinition(name = "Right", description = "Another one")
    String right();

    @AttributeDefinition(
        name = "Checked",
        description = "Whether every move of a chunk is checked, which costs time")
    boolean checked() default false;
  }

  /** What went one way. */
  public record Row(String from, String to, long packets, long bytes) {}

  private final Ports ports;
  private final Config config;
  private final Meter there = new Meter();
  private final Meter back = new Meter();
  private final Thread thread;
  private volatile RawRings rings;
  private volatile boolean closed;

  @Activate
  public Pump(@Reference Ports ports, Config config) {
    this.ports = ports;
    this.config = config;
    thread = Thread.ofPlatform().name("com.example.pump").start(this::work);
  }

  @Deactivate
  public void stop() throws InterruptedException {
    closed = true;
    RawRings now = rings;
    if (now != null) {
      now.wake();
    }
    LockSupport.unpark(thread);
    thread.join();
  }

  /** Rings do not survive their interfaces or their driver, so they are opened again. */
  private void work() {
    String told = "";
    while (!closed) {
      try (RawRings opened = open()) {
        rings = opened;
        told = "";
        forward(opened);
      } catch (PortException | IllegalStateException e) {
        if (!closed && !e.toString().equals(told)) {
          told = e.toString();
          LOG.log(System.Logger.Level.WARNING, "nothing is forwarded, and it is tried again: " + told);
        }
      } finally {
        rings = null;
      }
      if (!closed) {
        LockSupport.parkNanos(this, AGAIN_NANOS);
      }
    }
  }

  /** Both interfaces in one memory, so that a chunk can go from one to the other. */
  private RawRings open() throws PortException {
    FrameSpec spec = FrameSpec.on(config.left()).queues(0).option("xdp.with", config.right());
    return RawRings.of(ports.open(spec.chunks(CHUNKS), "xdp"), config.checked());
  }

  /** Until it is closed, or an interface is gone. */
  private void forward(RawRings opened) {
    Store store = new Store(opened.free(), CHUNKS, opened.chunkSize());
    Way one = new Way(opened, 0, 1, store, there);
    Way other = new Way(opened, 1, 0, store, back);
    while (!closed) {
      // Both, whatever the first one says.
      if (one.move() | other.move()) {
        continue;
      }
      boolean came = opened.await(one.busy() || other.busy() ? SOON_NANOS : SLEEP_NANOS);
      if (!came && opened.report().state().equals("gone")) {
        throw new IllegalStateException("an interface is gone");
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
