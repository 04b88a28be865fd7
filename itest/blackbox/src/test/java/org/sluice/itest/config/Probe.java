// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import org.sluice.itest.PluginJar;

/**
 * A plugin whose components do on request what must never do harm: throw when they are made or
 * changed, take the process with them, turn ill, find conflicts, hang. {@code probe:seen} tells how
 * often each was made.
 */
final class Probe {
  private Probe() {}

  static PluginJar jar() throws Exception {
    return PluginJar.named("org.sluice.itest.probe", "1.0.0")
        .source(COUNTS)
        .source(ALPHA)
        .source(BETA)
        .source(GAMMA)
        .source(IDLE)
        .source(ILL)
        .source(RULE)
        .source(CONFLICTS)
        .make();
  }

  private static final String HEAD =
      """
      package org.sluice.itest.probe;
      import java.util.*;
      import java.util.concurrent.*;
      import org.osgi.service.component.annotations.*;
      import org.osgi.service.metatype.annotations.*;
      import org.sluice.host.api.*;
      import org.sluice.ops.api.*;
      """;

  private static final String COUNTS =
      HEAD
          + """
          @Component(service = Counts.class, immediate = true,
              property = {"osgi.command.scope=probe", "osgi.command.function=seen"})
          public class Counts {
            public record Seen(String name, int made, int modified, String first, String values) {}
            private final Map<String, Seen> seen = new ConcurrentHashMap<>();
            public void made(String name, String values) {
              seen.merge(name, new Seen(name, 1, 0, values, values),
                  (a, b) -> new Seen(name, a.made() + 1, a.modified(), a.first(), values));
            }
            public void modified(String name, String values) {
              seen.merge(name, new Seen(name, 0, 1, values, values),
                  (a, b) -> new Seen(name, a.made(), a.modified() + 1, a.first(), values));
            }
            public List<Seen> seen() { return new ArrayList<>(new TreeMap<>(seen).values()); }
          }
          """;

  private static final String ALPHA =
      HEAD
          + """
          @Component(service = Alpha.class, immediate = true,
              configurationPid = "org.sluice.itest.alpha")
          @Designate(ocd = Alpha.Config.class)
          public class Alpha {
            public enum Mode { PLAIN, LOUD }
            @ObjectClassDefinition(name = "Alpha", description = "Is made anew for every change.")
            public @interface Config {
              @AttributeDefinition(min = "1", max = "100", description = "How often.")
              int times() default 3;
              Mode mode() default Mode.PLAIN;
              String[] tags() default {};
              int port() default 1000;
              long size() default 5;
              double ratio() default 0.5;
              byte small() default 1;
              char letter() default 'x';
              boolean fail() default false;
              @AttributeDefinition(description = "A file; while it is there the process dies.")
              String haltWhile() default "";
              String check() default "";
              @AttributeDefinition(type = AttributeType.PASSWORD)
              String secret() default "";
            }
            @Activate
            public Alpha(Config c, @Reference Counts counts) {
              counts.made("alpha", c.times() + " " + c.mode() + " " + List.of(c.tags()) + " "
                  + c.size() + " " + c.ratio() + " " + c.small() + " " + c.letter());
              if (!c.haltWhile().isEmpty()
                  && java.nio.file.Files.exists(java.nio.file.Path.of(c.haltWhile()))) {
                Runtime.getRuntime().halt(9);
              }
              if (c.fail()) { throw new IllegalStateException("asked to fail"); }
            }
          }
          """;

  private static final String BETA =
      HEAD
          + """
          @Component(service = Beta.class, immediate = true,
              configurationPid = "org.sluice.itest.beta")
          @Designate(ocd = Beta.Config.class)
          public class Beta {
            @ObjectClassDefinition(name = "Beta")
            public @interface Config {
              int port() default 2000;
              String name() default "b";
            }
            @Activate
            public Beta(Config c, @Reference Counts counts) {
              counts.made("beta", c.port() + " " + c.name());
            }
          }
          """;

  private static final String GAMMA =
      HEAD
          + """
          @Component(service = Gamma.class, immediate = true,
              configurationPid = "org.sluice.itest.gamma")
          @Designate(ocd = Gamma.Config.class)
          public class Gamma {
            @ObjectClassDefinition(name = "Gamma")
            public @interface Config {
              int level() default 1;
              boolean explode() default false;
              long hangMillis() default 0;
            }
            private final Counts counts;
            @Activate
            public Gamma(Config c, @Reference Counts counts) {
              this.counts = counts;
              counts.made("gamma", "" + c.level());
            }
            @Modified
            void modified(Config c) throws Exception {
              if (c.explode()) { throw new IllegalStateException("asked to explode"); }
              Thread.sleep(c.hangMillis());
              counts.modified("gamma", "" + c.level());
            }
          }
          """;

  /** Made only when somebody uses it, and nobody does. */
  private static final String IDLE =
      HEAD
          + """
          @Component(service = Idle.class, configurationPid = "org.sluice.itest.idle")
          @Designate(ocd = Idle.Config.class)
          public class Idle {
            @ObjectClassDefinition(name = "Idle")
            public @interface Config {
              int level() default 1;
              boolean fail() default false;
            }
            @Activate
            public Idle(Config c) {
              if (c.fail()) { throw new IllegalStateException("asked to fail when used"); }
            }
          }
          """;

  private static final String ILL =
      HEAD
          + """
          @Component(service = HealthCheck.class, configurationPid = "org.sluice.itest.ill")
          @Designate(ocd = Ill.Config.class)
          public class Ill implements HealthCheck {
            @ObjectClassDefinition(name = "Ill")
            public @interface Config {
              @AttributeDefinition(description = "Critical from so many milliseconds on.")
              long from() default 1000000;
              long to() default 1000000;
              int level() default 1;
            }
            private final long made = System.nanoTime();
            private final Config config;
            @Activate
            public Ill(Config c) { this.config = c; }
            @Override public String name() { return "itest.ill"; }
            @Override public Health check() {
              long age = (System.nanoTime() - made) / 1_000_000;
              return age >= config.from() && age < config.to()
                  ? Health.critical("asked to be ill", "ask for something else")
                  : Health.ok("well");
            }
          }
          """;

  private static final String RULE =
      HEAD
          + """
          @Component(service = Rule.class, immediate = true,
              configurationPid = "org.sluice.itest.rule",
              configurationPolicy = ConfigurationPolicy.REQUIRE)
          @Designate(ocd = Rule.Config.class, factory = true)
          public class Rule {
            @ObjectClassDefinition(name = "Rule", description = "One of many.")
            public @interface Config {
              @AttributeDefinition(description = "Where from.")
              String source();
              int weight() default 1;
            }
            @Activate
            public Rule(Config c, @Reference Counts counts) {
              counts.made("rule " + c.source(), "" + c.weight());
            }
          }
          """;

  private static final String CONFLICTS =
      HEAD
          + """
          @Component
          public class Conflicts implements ConfigCheck {
            @Override
            public List<Finding> check(Map<String, Map<String, Object>> proposed) {
              Map<String, Object> alpha = proposed.getOrDefault("org.sluice.itest.alpha", Map.of());
              Map<String, Object> beta = proposed.getOrDefault("org.sluice.itest.beta", Map.of());
              if ("throw".equals(alpha.get("check"))) {
                throw new IllegalStateException("asked to throw");
              }
              if ("hang".equals(alpha.get("check"))) {
                try { Thread.sleep(8000); } catch (InterruptedException e) { return List.of(); }
              }
              if (alpha.get("port") != null && alpha.get("port").equals(beta.get("port"))) {
                return List.of(new Finding("org.sluice.itest.beta", "port",
                    "port " + beta.get("port") + " is taken by org.sluice.itest.alpha",
                    "choose another"));
              }
              return List.of();
            }
          }
          """;
}
