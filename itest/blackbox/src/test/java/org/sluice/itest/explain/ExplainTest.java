// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/**
 * {@code host:explain} finds the root of every kind of trouble. The bundles are installed past the
 * guard of the drop-in folder, which would take most of them away again.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainTest {
  private SluiceProcess sluice;
  @TempDir Path jars;

  @BeforeAll
  void start() throws Exception {
    sluice = SluiceProcess.start();
    sluice.awaitTrue("the end of the start", () -> sluice.log().contains("sluice is up"));
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  // --- resolving ---

  @Test
  void aPackageThatIsHereInAnotherVersion() throws Exception {
    String id =
        install(
            bundle("t.version").header("Import-Package", "org.sluice.ops.api;version=\"[9,10)\""));
    assertExplained(
        id,
        "✗ bundle t.version 1.0.0 (#" + id + "): cannot be resolved",
        "✗ package org.sluice.ops.api [9.0,10.0): needed by t.version 1.0.0",
        "here only as version 1.0.0 by org.sluice.ops.api");
  }

  @Test
  void everyMissingPackageAndTheNearestNames() throws Exception {
    String id =
        install(
            bundle("t.names")
                .header("Import-Package", "org.sluice.ops.appi, no.such.thing.anywhere"));
    assertExplained(
        id,
        "package org.sluice.ops.appi",
        "did you mean org.sluice.ops.api",
        "package no.such.thing.anywhere",
        "no bundle here exports it",
        "drop the bundle that exports it into plugins/");
  }

  @Test
  void aPackageThatIsHereButNotExported() throws Exception {
    String id = install(bundle("t.hidden").header("Import-Package", "org.sluice.host.deploy"));
    assertExplained(id, "org.sluice.host.deploy 0.1.0", "has it but does not export it");
  }

  @Test
  void aJavaThatIsTooNew() throws Exception {
    String id =
        install(
            bundle("t.java")
                .header(
                    "Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""));
    assertExplained(
        id,
        "✗ Java (JavaSE 99): needed by t.java",
        "this process runs Java " + Runtime.version().feature(),
        "maven.compiler.release");
  }

  @Test
  void aBundleThatIsMissing() throws Exception {
    String id =
        install(
            bundle("t.requires")
                .header(
                    "Require-Bundle",
                    "org.sluice.ops.api;bundle-version=\"[7,8)\", org.sluice.jsn"));
    assertExplained(
        id,
        "bundle org.sluice.ops.api [7.0,8.0): required by t.requires",
        "here only as org.sluice.ops.api 0.1.0",
        "did you mean org.sluice.json");
  }

  @Test
  void aFragmentWithoutItsHost() throws Exception {
    String id = install(bundle("t.fragment").header("Fragment-Host", "t.nowhere"));
    assertExplained(id, "bundle t.nowhere", "host of the fragment t.fragment");
  }

  @Test
  void aCapabilityThatDoesNotFit() throws Exception {
    install(bundle("t.offer").header("Provide-Capability", "t.colour;colour=red"));
    String id =
        install(
            bundle("t.want").header("Require-Capability", "t.colour;filter:=\"(colour=blue)\""));
    assertExplained(
        id, "capability t.colour (colour=blue)", "its colour is red (wanted (colour=blue))");
  }

  @Test
  void aPackageSeenTwice() throws Exception {
    String shown = "package t.q;\npublic class Q {}";
    start(
        install(
            PluginJar.named("t.q.one", "1.0.0")
                .source(shown)
                .header("Export-Package", "t.q;version=1.0.0")));
    start(
        install(
            PluginJar.named("t.q.two", "1.0.0")
                .source(shown)
                .header("Export-Package", "t.q;version=2.0.0")));
    start(
        install(
            PluginJar.named("t.p", "1.0.0")
                .source("package t.p;\npublic class P {}")
                .header("Export-Package", "t.p;version=1.0.0;uses:=\"t.q\"")
                .header("Import-Package", "t.q;version=\"[1,2)\"")));
    String id = install(bundle("t.both").header("Import-Package", "t.p, t.q;version=\"[2,3)\""));
    start(id);
    assertExplained(
        id,
        "package t.p: is exported by t.p 1.0.0",
        "uses t.q of t.q.one 1.0.0",
        "t.both can only have it from t.q.two");
  }

  @Test
  void aProviderThatIsDownItself() throws Exception {
    install(
        PluginJar.named("t.middle", "1.0.0")
            .source("package t.middle;\npublic class M {}")
            .header("Export-Package", "t.middle;version=1.0.0")
            .header("Import-Package", "t.bottomless"));
    String id = install(bundle("t.top").header("Import-Package", "t.middle"));
    assertExplained(
        id,
        "package t.middle: needed by t.top",
        "whoever provides it is down itself",
        "✗ bundle t.middle 1.0.0",
        "✗ package t.bottomless: needed by t.middle");
  }

  @Test
  void aCircleOfBundlesIsNoReason() throws Exception {
    install(
        PluginJar.named("t.ring.a", "1.0.0")
            .source("package t.ring.a;\npublic class A {}")
            .header("Export-Package", "t.ring.a;version=1.0.0")
            .header("Import-Package", "t.ring.b"));
    String id =
        install(
            PluginJar.named("t.ring.b", "1.0.0")
                .source("package t.ring.b;\npublic class B {}")
                .header("Export-Package", "t.ring.b;version=1.0.0")
                .header("Import-Package", "t.ring.a"));
    assertExplained(id, "is installed; nothing is missing, and nobody has started it");
  }

  // --- starting ---

  @Test
  void aBundleThatNobodyStarted() throws Exception {
    String id = install(bundle("t.idle"));
    assertExplained(id, "nobody has started it", "drop its jar into plugins/");
  }

  @Test
  void aBundleAboveTheStartLevel() throws Exception {
    ok(sluice.command("felix:bundlelevel", "-i", "900"));
    String id = install(bundle("t.level"));
    ok(sluice.command("felix:bundlelevel", "-i", "1"));
    start(id);
    assertExplained(id, "waits for start level 900; the framework has reached 10");
  }

  @Test
  void aBundleWhoseActivatorHangs() throws Exception {
    String id =
        install(
            PluginJar.named("t.hang", "1.0.0")
                .header("Bundle-Activator", "t.hang.Hang")
                .source(
                    """
                    package t.hang;
                    public class Hang implements org.osgi.framework.BundleActivator {
                      public void start(org.osgi.framework.BundleContext c) throws Exception {
                        Thread.sleep(600_000);
                      }
                      public void stop(org.osgi.framework.BundleContext c) {}
                    }
                    """));
    Thread starter = Thread.ofVirtual().name("itest/start").start(() -> start(id));
    // It is starting before its activator is called.
    sluice.awaitTrue(
        "the activator to be called",
        () -> explain(id).contains("is in t.hang.Hang.start(Hang.java:4)"));
    assertExplained(id, "has not returned");
    starter.interrupt();
  }

  // --- components ---

  @Test
  void aServiceThatNobodyProvides() throws Exception {
    started(
        component("t.lonely", "Lonely", "", "@Reference org.sluice.itest.NoSuch wanted;")
            .source("package org.sluice.itest;\npublic interface NoSuch {}"));
    assertExplained(
        "t.lonely.Lonely",
        "✗ component t.lonely.Lonely: waits for a service",
        "✗ service org.sluice.itest.NoSuch: needed by component t.lonely.Lonely; no bundle here provides it");
  }

  @Test
  void aServiceThatDoesNotFitTheFilter() throws Exception {
    started(
        component(
            "t.picky",
            "Picky",
            "",
            "@Reference(target = \"(zone=moon)\") org.sluice.ops.api.HealthCheck wanted;"));
    assertExplained(
        "t.picky.Picky",
        "service org.sluice.ops.api.HealthCheck with (zone=moon)",
        "what is here does not fit",
        "it has no property zone (wanted (zone=moon))");
  }

  @Test
  void aProviderThatWaitsForItsConfiguration() throws Exception {
    started(
        PluginJar.named("t.chain", "1.0.0")
            .source("package t.chain;\npublic interface Pump {}")
            .source(
                """
                package t.chain;
                import org.osgi.service.component.annotations.*;
                import org.osgi.service.metatype.annotations.*;
                @Component(configurationPid = "t.chain", configurationPolicy = ConfigurationPolicy.REQUIRE)
                @Designate(ocd = Provider.Config.class)
                public class Provider implements Pump {
                  @ObjectClassDefinition(name = "Pump")
                  public @interface Config {
                    @AttributeDefinition(name = "Path of the pump") String path();
                    int speed() default 3;
                  }
                }
                """)
            .source(
                """
                package t.chain;
                import org.osgi.service.component.annotations.*;
                @Component(immediate = true, service = User.class)
                public class User {
                  @Reference Pump pump;
                }
                """));
    assertExplained(
        "t.chain.User",
        "✗ service t.chain.Pump: needed by component t.chain.User; whoever would provide it is not up",
        "✗ component t.chain.Provider: waits for its configuration",
        "✗ configuration t.chain: required by component t.chain.Provider, and there is no file configs/t.chain.cfg.json",
        "→ create configs/t.chain.cfg.json with at least path (Path of the pump)");
    assertExplained("t.chain.Pump", "✗ service t.chain.Pump", "create configs/t.chain.cfg.json");
  }

  @Test
  void aCircleOfComponents() throws Exception {
    started(
        component("t.circle", "One", "", "@Reference Two two;")
            .source(
                """
                package t.circle;
                import org.osgi.service.component.annotations.*;
                @Component(immediate = true, service = Two.class)
                public class Two {
                  @Reference One one;
                }
                """));
    assertExplained(
        "t.circle.One",
        "waits for itself: component t.circle.One → component t.circle.Two → component t.circle.One",
        "optional and dynamic");
  }

  @Test
  void aComponentThatIsDisabled() throws Exception {
    started(component("t.off", "Off", "enabled = false,", ""));
    assertExplained("t.off.Off", "is disabled from the start (enabled = false)", "enableComponent");
  }

  @Test
  void aComponentThatThrows() throws Exception {
    started(
        component(
            "t.thrower",
            "Bad",
            "",
            "@Activate void up() { throw new IllegalStateException(\"no port left\"); }"));
    assertExplained(
        "t.thrower.Bad",
        "failed in its activation",
        "threw IllegalStateException \"no port left\" at t.thrower.Bad.up(Bad.java:");
  }

  @Test
  void aNativeLibraryThatIsMissing() throws Exception {
    started(
        component(
            "t.natives",
            "Native",
            "",
            "@Activate void up() { System.loadLibrary(\"nosuchlib\"); }"));
    assertExplained(
        "t.natives.Native", "UnsatisfiedLinkError", "a native library is missing", "ldconfig -p");
  }

  @Test
  void aPrivilegeThatIsMissing() throws Exception {
    started(
        component(
            "t.privilege",
            "Raw",
            "",
            "@Activate void up() throws Exception {"
                + " throw new java.io.IOException(\"socket(AF_PACKET, SOCK_RAW): EPERM\"); }"));
    assertExplained(
        "t.privilege.Raw",
        "the operating system refused it",
        "grant CAP_NET_RAW: AmbientCapabilities=CAP_NET_RAW");
  }

  @Test
  void aComponentThatIsWell() {
    assertExplained(
        "org.sluice.host.explain.ExplainCommand",
        "✓ component org.sluice.host.explain.ExplainCommand");
    assertExplained("org.sluice.host.explain", "✓ bundle org.sluice.host.explain", ": active");
  }

  // --- files ---

  @Test
  void aConfigurationThatWasRefused() throws Exception {
    started(
        PluginJar.named("t.refused", "1.0.0")
            .source(
                """
                package t.refused;
                import org.osgi.service.component.annotations.*;
                import org.osgi.service.metatype.annotations.*;
                @Component(immediate = true, service = Taker.class, configurationPid = "t.refused",
                    configurationPolicy = ConfigurationPolicy.REQUIRE)
                @Designate(ocd = Taker.Config.class)
                public class Taker {
                  @ObjectClassDefinition(name = "Taker")
                  public @interface Config {
                    @AttributeDefinition(name = "Times", min = "1", max = "9") int times() default 3;
                  }
                }
                """));
    sluice.config("t.refused", "{\n  \"times\": 500\n}\n");
    sluice.awaitTrue(
        "the file to be looked at",
        () -> explain("t.refused.Taker").contains("t.refused.cfg.json:2"));
    assertExplained("t.refused.Taker", "configuration t.refused: was refused", "times", "500");
    Files.delete(sluice.configs().resolve("t.refused.cfg.json"));
  }

  @Test
  void aPluginInQuarantine() throws Exception {
    sluice.put(
        sluice.plugins().resolve("noise.jar"),
        "this is no jar".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    sluice.awaitTrue(
        "the file to be refused", () -> explain("noise.jar").contains("is in quarantine"));
    assertExplained("noise.jar", "✗ file plugins/noise.jar: was refused", "host:release noise.jar");
    Files.delete(sluice.plugins().resolve("noise.jar"));
  }

  // --- names ---

  @Test
  void aNameThatIsNone() {
    SluiceProcess.Answer answer = sluice.command("host:explain", "org.sluice.host.expalin");
    assertEquals(1, answer.exit(), answer::toString);
    assertTrue(
        answer
            .err()
            .contains(
                "called org.sluice.host.expalin; nearest are org.sluice.host.explain (bundle)"),
        answer::toString);
  }

  @Test
  void aServiceInterface() {
    assertExplained(
        "org.sluice.host.api.Explainer",
        "✓ service org.sluice.host.api.Explainer: is provided",
        "by org.sluice.host.explain");
  }

  @Test
  void listsOverRest() throws Exception {
    String bundles = sluice.http("/api/v1/bundles").body();
    assertTrue(bundles.contains("\"name\": \"org.sluice.host.explain\""), bundles);
    String components = sluice.http("/api/v1/components").body();
    assertTrue(components.contains("org.sluice.host.explain.Explanations"), components);
  }

  @Test
  void listsInTheShell() {
    assertTrue(ok(sluice.command("host:bundles")).contains("org.sluice.host.explain"));
    assertTrue(
        ok(sluice.command("host:components")).contains("org.sluice.host.explain.Explanations"));
    assertTrue(
        ok(sluice.command("host:services", "Explainer")).contains("org.sluice.host.api.Explainer"));
    assertTrue(
        ok(sluice.command("host:services", "(osgi.command.function=explain)"))
            .contains("ExplainCommand"));
    assertEquals(2, sluice.command("host:services", "(broken").exit());
    assertTrue(ok(sluice.command("host:threads", "host.deploy")).contains("host.deploy"));
  }

  // --- tools ---

  private static PluginJar.Maker bundle(String name) {
    return PluginJar.named(name, "1.0.0");
  }

  private static PluginJar.Maker component(
      String name, String type, String attributes, String body) {
    return PluginJar.named(name, "1.0.0")
        .source(
            """
            package %1$s;
            import org.osgi.service.component.annotations.*;
            @Component(%3$s immediate = true, service = %2$s.class)
            public class %2$s {
              %4$s
            }
            """
                .formatted(name, type, attributes, body));
  }

  private String install(PluginJar.Maker maker) throws Exception {
    Path jar = Files.createTempFile(jars, "bundle", ".jar");
    Files.write(jar, maker.make().bytes());
    String out = ok(sluice.command("felix:install", jar.toUri().toString()));
    return out.replaceAll("\\D", "");
  }

  private SluiceProcess.Answer start(String id) {
    return sluice.command("felix:start", id);
  }

  private void started(PluginJar.Maker maker) throws Exception {
    ok(start(install(maker)));
  }

  private String explain(String what) {
    return sluice.command("host:explain", what).out();
  }

  private static String ok(SluiceProcess.Answer answer) {
    assertEquals(0, answer.exit(), answer::toString);
    return answer.out();
  }

  private void assertExplained(String what, String... parts) {
    String text = ok(sluice.command("host:explain", what));
    for (String part : parts) {
      assertTrue(text.contains(part), () -> "no '" + part + "' in:\n" + text);
    }
  }
}
