// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** A plugin that is well until it is told otherwise, by the command {@code probe:set KEY VALUE}. */
final class Probe {
  private Probe() {}

  static SluiceProcess start(String... options) throws Exception {
    SluiceProcess sluice = SluiceProcess.start(options);
    try {
      drop(sluice);
      return sluice;
    } catch (Exception | AssertionError e) {
      sluice.close();
      throw e;
    }
  }

  /** As {@link #start}; checks of health may take their time, as they do on a busy machine. */
  static SluiceProcess patient() throws Exception {
    SluiceProcess sluice = start();
    try {
      sluice.config("org.sluice.ops.health", "{\"patience\": 15000}");
      sluice.awaitTrue(
          "the patience", () -> sluice.log().contains(" changed=org.sluice.ops.health "));
      // A check that turns critical before that has it taken back.
      sluice.awaitCommitted();
      return sluice;
    } catch (Exception | AssertionError e) {
      sluice.close();
      throw e;
    }
  }

  static void drop(SluiceProcess sluice) throws Exception {
    sluice.drop("probe.jar", jar());
    sluice.awaitTrue("the plugin", () -> sluice.command("probe:set", "up", "1").exit() == 0);
    // That command comes before the rest of it, and the plugin perhaps before the start is over.
    sluice.awaitTrue(
        "all of it", () -> sluice.log().contains("msg=\"plugin active\" file=probe.jar "));
    sluice.awaitTrue("the end of the start", () -> sluice.log().contains("sluice is up"));
  }

  static void set(SluiceProcess sluice, String key, String value) {
    SluiceProcess.Answer answer = sluice.command("probe:set", key, value);
    if (answer.exit() != 0) {
      throw new AssertionError(answer + "\n" + sluice.log());
    }
  }

  static PluginJar jar() throws Exception {
    return PluginJar.named("probe", "1.0.0")
        .source(SWITCH)
        .source(HEALTH)
        .source(METRICS)
        .source(SHARED)
        .source(RESOURCE)
        .source(THINGS)
        .source(FEED)
        .make();
  }

  private static final String SWITCH =
      """
      package probe;

      import java.util.Map;
      import java.util.concurrent.ConcurrentHashMap;
      import java.util.concurrent.CountDownLatch;
      import org.osgi.service.component.annotations.*;

      @Component(
          service = Switch.class,
          immediate = true,
          property = {
            "osgi.command.scope=probe",
            "osgi.command.function=set",
            "osgi.command.function=log",
            "osgi.command.function=fail"
          })
      public class Switch {
        private final Map<String, String> values = new ConcurrentHashMap<>();

        public String set(String key, String value) {
          values.put(key, value);
          return value;
        }

        public String is(String key) {
          return values.getOrDefault(key, "");
        }

        /** Hangs until told otherwise, or throws. */
        void behave(String key) {
          while (is(key).equals("hang")) {
            try {
              Thread.sleep(50);
            } catch (InterruptedException e) {
              return;
            }
          }
          if (is(key).equals("throw")) {
            throw new IllegalStateException("thrown on purpose by " + key);
          }
          if (is(key).equals("error")) {
            throw new NoClassDefFoundError("gone/Away");
          }
        }

        public void log(String name, String level, int count) {
          System.Logger logger = System.getLogger(name);
          for (int i = 0; i < count; i++) {
            logger.log(System.Logger.Level.valueOf(level), is("text"));
          }
        }

        public void fail(String name) {
          System.getLogger(name).log(System.Logger.Level.ERROR, "a stack follows key=value",
              new IllegalStateException("outer\\nlevel=info", new RuntimeException("inner")));
        }
      }
      """;

  private static final String HEALTH =
      """
      package probe;

      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component
      public class ProbeHealth implements HealthCheck {
        @Reference Switch knob;

        @Override public String name() { return "probe.health"; }

        @Override public Probe probe() {
          return knob.is("probe").equals("live") ? Probe.LIVENESS : Probe.READINESS;
        }

        @Override public Health check() {
          knob.behave("health");
          return switch (knob.is("health")) {
            case "warn" -> Health.warn("not so well", "rest");
            case "critical" -> Health.critical("3 of 4 pumps stand still", "start the pumps");
            case "null" -> null;
            default -> Health.ok("well");
          };
        }
      }
      """;

  private static final String METRICS =
      """
      package probe;

      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component
      public class ProbeMetrics implements MetricSource {
        @Reference Switch knob;

        @Override public void collect(Metrics to) {
          knob.behave("metrics");
          to.gauge("probe_shared", "Shared by two sources.", 1, "of", "one");
          to.gauge("probe_hostile", "Help with \\\\ and \\n a break and \\"quotes\\".", -2.5,
              "label", knob.is("label"));
          to.gauge("probe_nan", "Not a number.", Double.NaN);
          to.gauge("probe_infinite", "Infinite.", Double.POSITIVE_INFINITY, "sign", "plus");
          to.gauge("probe_infinite", "Infinite.", Double.NEGATIVE_INFINITY, "sign", "minus");
          to.counter("probe_events_total", "Events.", 12345678901234.0);
          to.histogram("probe_seconds", "Times.", new double[] {0.5, 1}, new long[] {1, 2, 3}, 9.5);
          switch (knob.is("metrics")) {
            case "name" -> to.gauge("probe bad", "", 1);
            case "label" -> to.gauge("probe_bad", "", 1, "x\\"} 1\\nforged 1", "y");
            case "swallow" -> {
              try {
                to.gauge("probe bad", "", 1);
              } catch (RuntimeException e) {
                knob.is("swallowed");
              }
            }
            case "twice" -> to.counter("probe_events_total", "Events.", 1);
            case "type" -> to.gauge("process_cpu_seconds_total", "", 1, "mine", "1");
            case "clash" -> to.gauge("jvm_gc_collection_seconds", "", 1);
            default -> { }
          }
        }
      }
      """;

  private static final String SHARED =
      """
      package probe;

      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component
      public class SharedMetrics implements MetricSource {
        @Override public void collect(Metrics to) {
          to.gauge("probe_shared", "In other words.", 2, "of", "two");
        }
      }
      """;

  private static final String RESOURCE =
      """
      package probe;

      import java.time.*;
      import java.util.*;
      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component
      public class ThingResource implements Resource {
        public enum Color { RED, BLUE }
        public sealed interface Shape permits Dot, Line {}
        public record Dot(int x) implements Shape {}
        public record Line(int length) implements Shape {}
        public record Thing(String name, Optional<String> maybe, OptionalLong none, List<Thing> parts,
            Map<String, Integer> counts, Color color, Instant at, Duration length, double number,
            double nan, List<Shape> shapes, boolean yes, Object anything) {}

        @Reference Switch knob;

        @Override public String path() { return "probe/things/{name}"; }
        @Override public String summary() { return "One <thing> & its parts."; }
        @Override public Class<? extends Record> type() { return Thing.class; }
        @Override public boolean list() { return false; }
        @Override public List<Query> query() {
          return List.of(new Query("depth", "How many levels of parts, 0 to 3."));
        }

        @Override public Object get(Map<String, String> parameters) {
          knob.behave("resource");
          if (knob.is("resource").equals("wrong")) {
            return "a text";
          }
          String name = parameters.get("name");
          if (name.equals("none")) {
            throw new NoSuchElementException("there is no thing named none; try one");
          }
          return thing(name, Integer.parseInt(parameters.getOrDefault("depth", "1")));
        }

        static Thing thing(String name, int depth) {
          return new Thing(name, depth > 0 ? Optional.of("x") : Optional.empty(),
              OptionalLong.empty(), depth > 0 ? List.of(thing(name, depth - 1)) : List.of(),
              Map.of("a", 1), Color.BLUE, Instant.EPOCH, Duration.ofSeconds(90), 1.5, Double.NaN,
              List.of(new Dot(1), new Line(2)), true, List.of("x", 1));
        }
      }
      """;

  private static final String THINGS =
      """
      package probe;

      import java.util.*;
      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component
      public class ThingsResource implements Resource {
        @Override public String path() { return "probe/things"; }
        @Override public String summary() { return "All things."; }
        @Override public Class<? extends Record> type() { return ThingResource.Thing.class; }
        @Override public boolean list() { return true; }
        @Override public Object get(Map<String, String> parameters) {
          return List.of(ThingResource.thing("one", 2), ThingResource.thing("two", 0));
        }
      }
      """;

  private static final String FEED =
      """
      package probe;

      import java.util.*;
      import java.util.function.Consumer;
      import org.osgi.service.component.annotations.*;
      import org.sluice.ops.api.*;

      @Component(
          service = {EventFeed.class, NumbersFeed.class},
          property = {
            "osgi.command.scope=probe",
            "osgi.command.function=emit",
            "osgi.command.function=subscribers"
          })
      public class NumbersFeed implements EventFeed {
        public record Number(long number, String padding) {}

        private final List<FeedEvent> events = new ArrayList<>();
        private final Set<Consumer<FeedEvent>> subscribers = new LinkedHashSet<>();

        @Override public String path() { return "probe/numbers"; }
        @Override public String summary() { return "Numbers."; }
        @Override public Map<String, Class<? extends Record>> events() {
          return Map.of("number", Number.class);
        }

        @Override public synchronized Subscription subscribe(
            OptionalLong after, Consumer<FeedEvent> to) {
          if (after.isPresent() && after.getAsLong() > events.size()) {
            throw new IllegalArgumentException("there are only " + events.size() + " numbers");
          }
          events.stream().skip(after.orElse(0)).forEach(to);
          subscribers.add(to);
          return () -> close(to);
        }

        private synchronized void close(Consumer<FeedEvent> to) {
          subscribers.remove(to);
        }

        public synchronized int subscribers() { return subscribers.size(); }

        public synchronized void emit(int count, int size) {
          for (int i = 0; i < count; i++) {
            FeedEvent event = new FeedEvent(events.size() + 1, "number",
                new Number(events.size() + 1, "x".repeat(size)));
            events.add(event);
            subscribers.forEach(s -> s.accept(event));
          }
        }
      }
      """;
}
