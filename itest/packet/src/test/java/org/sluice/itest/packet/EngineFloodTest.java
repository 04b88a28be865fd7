// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.sluice.ops.api.Metrics;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PacketHandler;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.engine.Engine;
import org.sluice.packet.engine.OpenPorts;
import org.sluice.packet.engine.PacketFigures;
import org.sluice.packet.proto.Layers;
import org.sluice.packet.proto.Matcher;
import org.sluice.packet.proto.PacketText;

/**
 * The engine is flooded with frames that are random, or right but for some bytes, by a handler that
 * looks at each in every way there is, answers some, and fails now and then. Whatever they hold: no
 * thread ends, every frame and every fault is counted, no chunk is lost, and no memory grows.
 */
@Timeout(value = 3600, unit = TimeUnit.SECONDS)
final class EngineFloodTest {
  private static final int BATCH = 64;
  private static final int FRAMES =
      Integer.getInteger("sluice.flood", Boolean.getBoolean("sluice.long") ? 10_000_000 : 300_000);
  private static final int ROUNDS = 10;
  private static final int AHEAD = 1024;
  private static final long GIVEN_UP = 20_000_000;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  /** What may come and go with compiled code, buffers of the virtual machine and the like. */
  private static final long MEMORY_MARGIN = 96L << 20;

  private static final long HEAP_MARGIN = 16L << 20;

  private final SplittableRandom random = new SplittableRandom(4711);
  private final OpenPorts open = new OpenPorts();
  private @Nullable Ends chosen;
  private @Nullable PortDriver opened;

  @AfterEach
  void end() throws Exception {
    open.stop();
    if (opened != null) {
      ends().deactivate(driver());
    }
    if (chosen != null) {
      ends().close();
    }
  }

  private Ends ends() {
    return Objects.requireNonNull(chosen);
  }

  private PortDriver driver() {
    return Objects.requireNonNull(opened);
  }

  @Test
  void onTheSimulator() throws Exception {
    chosen = new SimEnds();
    flood();
  }

  @Test
  void onVirtualInterfaces() throws Exception {
    chosen = new XdpEnds("native", 1);
    flood();
  }

  /** The driver, which opens all ports at the end {@code b}. */
  private final class AtB implements PortDriver {
    @Override
    public String name() {
      return driver().name();
    }

    @Override
    public Set<Class<? extends Port>> kinds() {
      return driver().kinds();
    }

    private PortSpec<?> there(PortSpec<?> spec) {
      return ends().spec('b').matching(((FrameSpec) spec).match());
    }

    @Override
    public PortProbe probe(PortSpec<?> spec) {
      try {
        return ends().at('b', () -> driver().probe(there(spec)));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    @SuppressWarnings("unchecked") // a specification of frames is of a port of frames
    public <P extends Port> P open(PortSpec<P> spec) throws PortException {
      try {
        return ends().at('b', () -> driver().open((PortSpec<P>) there(spec)));
      } catch (PortException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Written by its thread; read when it rests. */
  private static final class Looking implements PacketHandler {
    private final SplittableRandom random = new SplittableRandom(1);
    private final Layers layers = new Layers();
    private final PacketText text = new PacketText();
    private final Matcher matcher =
        Matcher.of(Match.parse("udp port 53 or tcp port 80 or group ff02::1 port 5004 or icmp6"));
    private volatile long packets;
    private volatile long faults;
    private volatile long answers;
    private volatile long matched;
    private volatile long letters;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread calls
    public void handle(FrameBatch frames) {
      int found = 0;
      int said = 0;
      for (int i = 0; i < frames.count(); i++) {
        if (!frames.continued(i)) {
          packets++;
        }
        layers.parse(frames, i);
        said += text.line(frames, i).length();
        if (matcher.matches(frames, i)) {
          found++;
        }
      }
      matched += found;
      letters += said;
      if (random.nextInt(25) == 0) {
        faults++;
        // Whatever it decided does not count.
        frames.decide(0, FrameBatch.Verdict.SEND);
        if (random.nextBoolean()) {
          throw new IllegalStateException("on purpose");
        }
        throw new StackOverflowError("on purpose");
      }
      for (int i = 0; i < frames.count(); i++) {
        boolean whole = !frames.continued(i) && (i == 0 || !frames.continued(i - 1));
        if (whole && random.nextInt(8) == 0) {
          frames.decide(i, FrameBatch.Verdict.SEND);
          answers++;
        }
      }
    }
  }

  private static Engine engine(OpenPorts ports) throws Exception {
    Constructor<?> maker = Engine.class.getConstructors()[0];
    Class<?> config = maker.getParameterTypes()[1];
    Object defaults =
        Proxy.newProxyInstance(
            config.getClassLoader(),
            new Class<?>[] {config},
            (self, key, none) ->
                key.getName().equals("faults") ? Integer.MAX_VALUE : key.getDefaultValue());
    return (Engine) maker.newInstance(ports, defaults);
  }

  @SuppressWarnings("unchecked") // a proxy is of whatever it was made for
  private static ServiceReference<PacketHandler> reference(Map<String, Object> properties) {
    Bundle bundle =
        (Bundle)
            Proxy.newProxyInstance(
                EngineFloodTest.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (self, asked, words) -> asked.getReturnType() == String.class ? "flood" : null);
    return (ServiceReference<PacketHandler>)
        Proxy.newProxyInstance(
            EngineFloodTest.class.getClassLoader(),
            new Class<?>[] {ServiceReference.class},
            (self, asked, words) ->
                switch (asked.getName()) {
                  case "getProperty" -> properties.get((String) words[0]);
                  case "getPropertyKeys" -> properties.keySet().toArray(String[]::new);
                  case "getBundle" -> bundle;
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == words[0];
                  default -> null;
                });
  }

  private void flood() throws Exception {
    opened = ends().driver();
    open.start();
    open.driverThere(new AtB());
    Engine engine = engine(open);
    Looking looking = new Looking();
    ServiceReference<PacketHandler> reference =
        reference(
            Map.of(
                PacketHandler.INTERFACE,
                ends().spec('b').name(),
                PacketHandler.DRIVER,
                driver().name(),
                "service.id",
                1L));
    engine.handlerThere(looking, reference);
    await("the port of the engine", () -> !open.reports().isEmpty());
    Map<String, Double> figures = new HashMap<>();
    try (FramePort a = ends().at('a', () -> driver().open(ends().spec('a')))) {
      FrameBatch out = new FrameBatch(BATCH);
      FrameBatch in = new FrameBatch(BATCH);
      byte[][] seeds = seeds();
      List<Long> resident = new ArrayList<>();
      List<Long> heap = new ArrayList<>();
      long offered = 0;
      for (int round = 1; round <= ROUNDS; round++) {
        long lost = a.statistics().sent() - looking.packets;
        while (offered < (long) FRAMES * round / ROUNDS) {
          int got = a.reserve(out, BATCH);
          for (int i = 0; i < got; i++) {
            write(out, i, seeds[random.nextInt(seeds.length)], a.frameSize());
          }
          offered += got;
          while (!out.isEmpty()) {
            a.send(out);
            a.flush();
          }
          a.flush();
          drain(a, in);
          // Every other round the engine is not only flooded, but gets nearly all of it.
          if (round % 2 == 0) {
            lost = patient(looking, a, in, lost);
          }
        }
        settled(looking, a, in);
        System.gc();
        resident.add(resident());
        heap.add(Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
      }
      new PacketFigures(open, engine).collect(kept(figures));
      assertEquals(
          looking.faults,
          figures.getOrDefault("sluice_packet_handler_faults_total", 0.0).longValue(),
          "every fault is counted");
      assertTrue(
          looking.faults > 0 && looking.answers > 0 && looking.matched > 0 && looking.letters > 0);
      balanced(looking, a, open.reports().getFirst().statistics());
      // The first rounds are those in which things are made that are made once.
      assertSteady("resident memory", resident, MEMORY_MARGIN);
      assertSteady("heap", heap, HEAP_MARGIN);
      System.out.printf(
          "%s: %d frames, %d faults, %d answers, %d matched; resident %s MiB, heap %s MiB; sent %s, engine %s%n",
          driver().name(),
          offered,
          looking.faults,
          looking.answers,
          looking.matched,
          resident.stream().map(bytes -> bytes >> 20).toList(),
          heap.stream().map(bytes -> bytes >> 20).toList(),
          a.statistics(),
          open.reports().getFirst().statistics());
    } finally {
      engine.handlerGone(looking, reference);
      engine.stop();
    }
    assertTrue(open.reports().isEmpty(), "the port went with its handler");
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(
                thread -> thread.getName().startsWith("packet.engine/" + ends().spec('b').name())),
        "the thread went with it");
  }

  private interface Question {
    boolean ask() throws Exception;
  }

  private void await(String what, Question question) throws Exception {
    long end = System.nanoTime() + PATIENCE;
    while (!question.ask()) {
      assertTrue(System.nanoTime() < end, () -> "waited in vain for " + what + open.reports());
      Thread.sleep(1);
    }
  }

  /** Waits for the engine, unless what it has not seen does not come; tells how much is lost. */
  private static long patient(Looking looking, FramePort a, FrameBatch in, long lost) {
    long sent = a.statistics().sent();
    long seen = looking.packets;
    long since = System.nanoTime();
    while (sent - looking.packets - lost > AHEAD) {
      if (seen != looking.packets) {
        seen = looking.packets;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > GIVEN_UP) {
        return sent - looking.packets;
      }
      drain(a, in);
      Thread.onSpinWait();
    }
    return lost;
  }

  private static void drain(FramePort port, FrameBatch in) {
    while (port.receive(in) > 0) {
      port.release(in);
    }
  }

  /** Until all that was sent has arrived, was handled, and all that was answered too. */
  private void settled(Looking looking, FramePort a, FrameBatch in) throws Exception {
    PortStatistics[] before = new PortStatistics[2];
    await(
        "rest",
        () -> {
          a.flush();
          drain(a, in);
          // Takes back what was sent.
          a.release(reserved(a));
          PortReport there = open.reports().getFirst();
          PortStatistics now = a.statistics();
          boolean same =
              now.received() == (before[0] == null ? -1 : before[0].received())
                  && there.statistics().equals(before[1]);
          before[0] = now;
          before[1] = there.statistics();
          Thread.sleep(20);
          return same
              && looking.packets == there.statistics().received()
              && a.report().census().sending() == 0
              && there.census().held() == 0
              && there.census().sending() == 0
              && there.census().received() == 0
              && a.report().census().missing() == 0
              && there.census().missing() == 0;
        });
  }

  private static FrameBatch reserved(FramePort port) {
    FrameBatch some = new FrameBatch(BATCH);
    port.reserve(some, BATCH);
    return some;
  }

  /** Frames are neither made nor lost, but for those that the kernel says it lost. */
  private void balanced(Looking looking, FramePort a, PortStatistics b) throws Exception {
    PortStatistics sent = a.statistics();
    assertEquals(looking.packets, b.received());
    assertEquals(looking.answers, b.sent() + b.sendDropped() + b.sendInvalid());
    exact("to the engine", sent, b, 'a');
    exact("from the engine", b, sent, 'b');
  }

  private void exact(String way, PortStatistics from, PortStatistics to, char end)
      throws Exception {
    long arrived = to.received() + to.receiveDropped() + to.receiveInvalid();
    long gone = from.sent() - arrived;
    if (ends().lossless()) {
      assertEquals(0, gone, way);
    } else {
      // What had no room on the way is counted by the interface that sent, and by no port.
      long byKernel = dropped(end);
      System.out.printf(
          "%s: %d were lost on the way, the kernel counted %d%n", way, gone, byKernel);
      assertTrue(gone >= 0 && gone <= byKernel, way + ": " + gone + " of " + byKernel);
    }
  }

  private long dropped(char end) throws Exception {
    String name = ends().spec(end).name();
    return ends()
        .at(
            end,
            () ->
                Files.readAllLines(Path.of("/proc/thread-self/net/dev")).stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip().split(" +"))
                    .mapToLong(columns -> Long.parseLong(columns[11]))
                    .sum());
  }

  private static void assertSteady(String what, List<Long> rounds, long margin) {
    long early = rounds.subList(0, ROUNDS / 2).stream().mapToLong(Long::longValue).max().orElse(0);
    assertTrue(
        rounds.getLast() - early < margin, () -> what + " has grown by the rounds: " + rounds);
  }

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  private static Metrics kept(Map<String, Double> figures) {
    return new Metrics() {
      @Override
      public void gauge(String name, String help, double value, String... labels) {
        figures.put(name, value);
      }

      @Override
      public void counter(String name, String help, double value, String... labels) {
        figures.put(name, value);
      }

      @Override
      public void histogram(
          String name, String help, double[] bounds, long[] counts, double sum, String... labels) {
        figures.put(name, sum);
      }
    };
  }

  private void write(FrameBatch out, int index, byte[] seed, int room) {
    int kept = Math.max(14, random.nextInt(seed.length + 1));
    int length = random.nextInt(4) == 0 ? 14 + random.nextInt(room - 13) : kept;
    out.length(index, length);
    MemorySegment frame = out.frame(index);
    MemorySegment.copy(seed, 0, frame, JAVA_BYTE, 0, Math.min(length, seed.length));
    for (int i = random.nextInt(6); i > 0; i--) {
      frame.set(JAVA_BYTE, random.nextInt(Math.min(length, 80)), (byte) random.nextInt());
    }
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[Math.min(length, 128)];
      random.nextBytes(noise);
      MemorySegment.copy(noise, 0, frame, JAVA_BYTE, 0, noise.length);
    }
    if (index % 8 != 7 && random.nextInt(20) == 0) {
      out.words()[2 * index + 1] |= (long) FrameBatch.CONTINUED << 32;
    }
  }

  private static byte[][] seeds() throws Exception {
    InetAddress four = InetAddress.ofLiteral("10.77.0.1");
    InetAddress six = InetAddress.ofLiteral("fd77::1");
    InetAddress group = InetAddress.ofLiteral("ff02::1");
    byte[] query = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 2, 'd', 'e', 0, 0, 1, 0, 1};
    byte[] arp = new byte[60];
    System.arraycopy(new byte[] {8, 6, 0, 1, 8, 0, 6, 4, 0, 1}, 0, arp, 12, 10);
    byte[] tcp = Frames.udp(1, 2, 0, four, four, 80, new byte[40]);
    tcp[23] = 6;
    tcp[46] = 0x50;
    byte[] echo = Frames.udp(1, 2, 0, six, six, 0, new byte[40]);
    echo[20] = 58;
    echo[54] = (byte) 128;
    byte[] options = Frames.udp(1, 2, 0, six, six, 53, new byte[64]);
    options[20] = 0;
    options[54] = 43;
    options[62] = 44;
    return new byte[][] {
      Frames.udp(1, 2, 0, four, four, 53, query),
      Frames.udp(1, 2, 0, six, six, 53, query),
      Frames.udp(1, 2, 42, four, four, 53, query),
      Frames.udp(1, 2, 43, six, group, 5004, query),
      arp,
      tcp,
      echo,
      options,
      new byte[60]
    };
  }
}
