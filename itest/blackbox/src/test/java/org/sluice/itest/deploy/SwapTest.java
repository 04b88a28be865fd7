// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** Swaps that are not as easy: in turn, with packages that others use, plans before the act. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SwapTest {

  /** Holds a port, so that two of them cannot run side by side. */
  private static PluginJar holder(String version, int port, boolean inTurn, String more)
      throws Exception {
    PluginJar.Maker maker =
        PluginJar.named("sample.holder", version)
            .source(
                """
                package sample.holder;

                import java.net.ServerSocket;
                import org.osgi.framework.BundleActivator;
                import org.osgi.framework.BundleContext;

                public class Activator implements BundleActivator {
                  private ServerSocket socket;

                  @Override
                  public void start(BundleContext context) throws Exception {
                    socket = new ServerSocket(%d);
                    %s
                    context.registerService(Runnable.class, () -> {}, null);
                  }

                  @Override
                  public void stop(BundleContext context) throws Exception {
                    socket.close();
                  }
                }
                """
                    .formatted(port, more))
            .header("Bundle-Activator", "sample.holder.Activator");
    return (inTurn ? maker.header("Sluice-Swap", "in-turn") : maker).make();
  }

  @Test
  void whatCannotRunTwiceIsSwappedInTurnAndTheGapIsTold() throws Exception {
    int port = SluiceProcess.freePort();
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("holder.jar", holder("1.0.0", port, true, ""));
      plugins.await("holder.jar", "ACTIVE");
      sluice.drop("holder.jar", holder("1.1.0", port, false, ""));
      Plugins.Row refused = plugins.await("holder.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("Address already in use"), refused::reason);
      assertEquals("1.0.0", refused.version());

      sluice.drop("holder.jar", holder("1.2.0", port, true, "Thread.sleep(30);"));
      plugins.awaitVersion("holder.jar", "1.2.0");
      Plugins.Row swapped =
          sluice.await(
              "the gap",
              () -> {
                Plugins.Row row = plugins.row("holder.jar");
                return row != null && row.number("swaps") == 1 ? row : null;
              });
      assertTrue(swapped.number("gapMillis") >= 30, swapped::toString);
    }
  }

  @Test
  void anInTurnSwapThatFailsStartsTheOldRevisionAgain() throws Exception {
    int port = SluiceProcess.freePort();
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("holder.jar", holder("1.0.0", port, true, ""));
      plugins.await("holder.jar", "ACTIVE");
      sluice.drop(
          "holder.jar",
          holder("1.1.0", port, true, "socket.close(); if (true) throw new Exception(\"no\");"));
      plugins.await("holder.jar", "QUARANTINED");
      sluice.awaitTrue(
          "the old revision to serve again",
          () -> {
            Plugins.Row row = plugins.row("holder.jar");
            return row != null
                && row.version().equals("1.0.0")
                && row.texts("provides").contains("java.lang.Runnable");
          });
    }
  }

  private static PluginJar provider(String version) throws Exception {
    return PluginJar.named("sample.provider", version)
        .source(
            """
            package sample.words;

            public final class Words {
              private Words() {}

              public static String word() {
                return "%s";
              }
            }
            """
                .formatted(version))
        .header("Export-Package", "sample.words;version=1.0")
        .make();
  }

  private static PluginJar user() throws Exception {
    return PluginJar.named("sample.user", "1.0.0")
        .source(
            """
            package sample.words;

            public final class Words {
              private Words() {}

              public static String word() {
                return "compiled against";
              }
            }
            """)
        .source(
            """
            package sample.user;

            import org.osgi.service.component.annotations.Component;
            import sample.words.Words;

            @Component(
                service = User.class,
                property = {"osgi.command.scope=user", "osgi.command.function=word"})
            public final class User {
              public String word() {
                return Words.word();
              }
            }
            """)
        .header("Private-Package", "sample.user")
        .header("Import-Package", "sample.words;version=\"[1,2)\",*")
        .header("-includeresource", "")
        .make();
  }

  /** Exports a package and imports it again, as bnd makes bundles that share their interfaces. */
  private static PluginJar sharing(String version) throws Exception {
    return PluginJar.named("sample.greeter", version)
        .source(
            """
            package sample.shared;

            public final class Word {
              private Word() {}

              public static String text() {
                return "%s";
              }
            }
            """
                .formatted(version))
        .source(
            """
            package sample.greeter;

            import java.util.function.Supplier;
            import org.osgi.service.component.annotations.Component;
            import sample.shared.Word;

            @Component(property = "greeter=yes")
            public final class Greeter implements Supplier<String> {
              @Override
              public String get() {
                return Word.text() + "/%s";
              }
            }
            """
                .formatted(version))
        .header("Export-Package", "sample.shared;version=1.0")
        .header("Import-Package", "sample.shared;version=\"[1,2)\",*")
        .make();
  }

  @Test
  void aRevisionIsNeverWiredToItsPredecessor() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", sharing("1.0.0"));
      plugins.await("greeter.jar", "ACTIVE");
      sluice.drop("caller.jar", Samples.caller());
      plugins.await("caller.jar", "ACTIVE");
      sluice.awaitTrue(
          "an answer of the old revision",
          () -> sluice.command("caller:report").out().contains("/1.0.0]"));
      sluice.drop("greeter.jar", sharing("1.1.0"));
      plugins.awaitVersion("greeter.jar", "1.1.0");
      SluiceProcess.Answer report =
          sluice.await(
              "an answer of the new revision",
              () -> {
                SluiceProcess.Answer r = sluice.command("caller:report");
                return r.out().contains("/1.1.0") ? r : null;
              });
      assertTrue(report.out().contains("answers=[1.0.0/1.0.0, 1.1.0/1.1.0]"), report::toString);
      assertTrue(report.out().contains(" lost=0 "), report::toString);
    }
  }

  /** Takes its time, and tells when it was stopped meanwhile. */
  private static PluginJar unhurried(String version) throws Exception {
    return PluginJar.named("sample.greeter", version)
        .source(
            """
            package sample.greeter;

            import java.util.function.Supplier;
            import org.osgi.framework.Bundle;
            import org.osgi.framework.FrameworkUtil;
            import org.osgi.service.component.annotations.Component;

            @Component(property = "greeter=yes")
            public final class Greeter implements Supplier<String> {
              private final Bundle bundle = FrameworkUtil.getBundle(Greeter.class);

              @Override
              public String get() {
                try {
                  Thread.sleep(60);
                } catch (InterruptedException e) {
                  return "interrupted";
                }
                return bundle.getState() == Bundle.ACTIVE ? "%s" : "stopped under way";
              }
            }
            """
                .formatted(version))
        .make();
  }

  @Test
  void aCallThatIsUnderWayEndsBeforeTheOldRevisionDoes() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      // Much longer than a call takes, on whatever machine.
      sluice.config("org.sluice.host.deploy", "{ \"drainTime\": 3000 }");
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", unhurried("1.0.0"));
      plugins.await("greeter.jar", "ACTIVE");
      sluice.drop("caller.jar", Samples.caller());
      plugins.await("caller.jar", "ACTIVE");
      sluice.awaitTrue(
          "an answer of the old revision",
          () -> sluice.command("caller:report").out().contains("[1.0.0]"));
      for (String version : List.of("1.1.0", "1.2.0", "1.3.0")) {
        sluice.drop("greeter.jar", unhurried(version));
        sluice.awaitTrue(
            "an answer of " + version,
            () -> sluice.command("caller:report").out().contains(version + "]"));
      }
      SluiceProcess.Answer report = sluice.command("caller:report");
      assertTrue(report.out().contains("answers=[1.0.0, 1.1.0, 1.2.0, 1.3.0]"), report::toString);
      assertTrue(report.out().contains(" lost=0 "), report::toString);
    }
  }

  @Test
  void whoUsesAPackageOfAReplacedPluginIsWiredToTheNewOne() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("user.jar", user());
      sluice.drop("words.jar", provider("1.0.0"));
      plugins.await("user.jar", "ACTIVE");
      assertEquals("1.0.0", sluice.command("user:word").out().strip());

      java.nio.file.Path next = sluice.home().resolve("words-next.jar");
      java.nio.file.Files.write(next, provider("1.1.0").bytes());
      SluiceProcess.Answer plan = sluice.command("host:plan", next.toString(), "--json");
      // Under its own file name it would be a second file of that name.
      assertEquals(1, plan.exit(), plan::toString);
      java.nio.file.Path same =
          java.nio.file.Files.createDirectory(sluice.home().resolve("next")).resolve("words.jar");
      java.nio.file.Files.move(next, same);
      plan = sluice.command("host:plan", same.toString(), "--json");
      assertEquals(0, plan.exit(), plan::toString);
      assertTrue(plan.out().contains("\"replaces\": \"sample.provider 1.0.0\""), plan::toString);
      assertTrue(plan.out().contains("sample.user 1.0.0"), plan::toString);
      assertEquals("1.0.0", sluice.command("user:word").out().strip(), "a plan changes nothing");

      sluice.drop("words.jar", provider("1.1.0"));
      plugins.awaitVersion("words.jar", "1.1.0");
      sluice.awaitTrue(
          "the new word", () -> sluice.command("user:word").out().strip().equals("1.1.0"));
      plugins.await("user.jar", "ACTIVE");
      plugins.awaitNoLeaks();
      assertFalse(sluice.log().contains("plugin crashed"), sluice::log);
    }
  }

  @Test
  void whoLosesAPackageIsRefusedAndComesBackWithIt() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("words.jar", provider("1.0.0"));
      sluice.drop("user.jar", user());
      plugins.await("user.jar", "ACTIVE");
      sluice.drop("words.jar", Samples.greeter("sample.provider", "2.0.0"));
      Plugins.Row refused = plugins.await("user.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("sample.words"), refused::reason);
      sluice.drop("words.jar", provider("3.0.0"));
      plugins.await("user.jar", "ACTIVE");
      assertEquals("3.0.0", sluice.command("user:word").out().strip());
    }
  }

  @Test
  void aBundleOfTheProductGivesWayWhenAllowedAndComesBack() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.config("org.sluice.host.deploy", "{ \"allowReplace\": [\"org.sluice.link.table\"] }");
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      sluice.awaitTrue("the product's own", () -> sluice.command("link:list").exit() == 0);
      sluice.drop("table.jar", Samples.greeter("org.sluice.link.table", "9.0.0"));
      plugins.await("table.jar", "ACTIVE");
      sluice.awaitTrue("the product's own to stop", () -> sluice.command("link:list").exit() != 0);
      java.nio.file.Files.delete(sluice.plugins().resolve("table.jar"));
      plugins.awaitGone("table.jar");
      sluice.awaitTrue(
          "the product's own to come back", () -> sluice.command("link:list").exit() == 0);
    }
  }

  private static PluginJar waiting(String version, boolean required) throws Exception {
    return PluginJar.named("sample.waits", version)
        .source(
            """
            package sample.waits;

            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ConfigurationPolicy;

            @Component(
                service = Runnable.class,
                configurationPid = "sample.waits",
                configurationPolicy = ConfigurationPolicy.%s)
            public final class Waits implements Runnable {
              @Override
              public void run() {}
            }
            """
                .formatted(required ? "REQUIRE" : "OPTIONAL"))
        .make();
  }

  @Test
  void aPluginThatOnlyWaitsForItsConfigurationIsAccepted() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("waits.jar", waiting("1.0.0", true));
      Plugins.Row row = plugins.await("waits.jar", "ACTIVE");
      assertEquals("sample.waits", String.join(",", row.texts("waitsFor")));
      assertTrue(row.texts("provides").isEmpty(), row::toString);
      sluice.config("sample.waits", "{ }");
      sluice.awaitTrue(
          "the service",
          () -> {
            Plugins.Row now = plugins.row("waits.jar");
            return now != null
                && now.texts("provides").contains("java.lang.Runnable")
                && now.texts("waitsFor").isEmpty();
          });
    }
  }

  @Test
  void anUpdateThatLacksItsConfigurationWaitsWhileTheOldRevisionServes() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("waits.jar", waiting("1.0.0", false));
      plugins.await("waits.jar", "ACTIVE");
      sluice.drop("waits.jar", waiting("2.0.0", true));
      Plugins.Row refused = plugins.await("waits.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("configs/sample.waits.cfg.json"), refused::reason);
      assertEquals("1.0.0", refused.version());
      assertTrue(refused.texts("provides").contains("java.lang.Runnable"), refused::toString);
      sluice.config("sample.waits", "{ }");
      plugins.awaitVersion("waits.jar", "2.0.0");
    }
  }

  /** A command that stops and starts the bundle that deploys. */
  private static PluginJar restarter() throws Exception {
    return PluginJar.named("sample.restarter", "1.0.0")
        .source(
            """
            package sample.restarter;

            import org.osgi.framework.Bundle;
            import org.osgi.framework.BundleContext;
            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;

            @Component(
                service = Restarter.class,
                property = {"osgi.command.scope=restarter", "osgi.command.function=deploy"})
            public final class Restarter {
              private final BundleContext context;

              @Activate
              public Restarter(BundleContext context) {
                this.context = context;
              }

              public String deploy() throws Exception {
                for (Bundle bundle : context.getBundles()) {
                  if (bundle.getSymbolicName().equals("org.sluice.host.deploy")) {
                    bundle.stop();
                    bundle.start();
                  }
                }
                return "done";
              }
            }
            """)
        .make();
  }

  @Test
  void aRestartOfDeploymentItselfLeavesThePluginsAlone() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      sluice.drop("gone.jar", Samples.greeter("sample.gone", "1.0.0"));
      sluice.drop("restarter.jar", restarter());
      plugins.await("greeter.jar", "ACTIVE");
      plugins.await("gone.jar", "ACTIVE");
      plugins.await("restarter.jar", "ACTIVE");
      sluice.drop("caller.jar", Samples.caller());
      plugins.await("caller.jar", "ACTIVE");
      assertEquals(0, sluice.command("restarter:deploy").exit());
      plugins.await("greeter.jar", "ACTIVE");
      sluice.drop("greeter.jar", Samples.greeter("1.1.0"));
      plugins.awaitVersion("greeter.jar", "1.1.0");
      SluiceProcess.Answer report = sluice.command("caller:report");
      assertTrue(report.out().contains(" lost=0 "), report::toString);
    }
  }

  /** Waits for words in what is answered over HTTP. */
  private static void awaitHttp(SluiceProcess sluice, String path, String... words)
      throws Exception {
    sluice.awaitTrue(
        List.of(words) + " at " + path,
        () -> {
          try {
            String body = sluice.http(path).body();
            return List.of(words).stream().allMatch(body::contains);
          } catch (ConnectException e) {
            // Plugins may be there before HTTP is.
            return false;
          }
        });
  }

  @Test
  void whatIsRefusedIsSeenInHealthRestAndMetrics() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.put(sluice.plugins().resolve("bad.jar"), Samples.plainJar());
      plugins.await("bad.jar", "QUARANTINED");
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      plugins.await("greeter.jar", "ACTIVE");
      awaitHttp(sluice, "/api/v1/quarantine", "bad.jar", "NOT_A_BUNDLE");
      awaitHttp(sluice, "/api/v1/plugins", "sample.greeter", "bad.jar");
      awaitHttp(sluice, "/health", "bad.jar");
      awaitHttp(
          sluice,
          "/metrics",
          "sluice_host_plugins{state=\"quarantined\"} 1",
          "sluice_host_plugins_quarantined_total 1");
    }
  }
}
