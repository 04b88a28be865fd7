// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.itest.SluiceProcess;

/**
 * Every kind of bad jar: refused with a reason that names the file, while what served before goes
 * on; gone from quarantine when a good one comes.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedTest {
  private final SluiceProcess sluice;
  private final Plugins plugins;

  RefusedTest() throws Exception {
    sluice = SluiceProcess.prepare();
    sluice.config("org.sluice.host.deploy", "{ \"stallTimeout\": 1 }");
    plugins = new Plugins(sluice);
  }

  @BeforeAll
  void start() throws Exception {
    sluice.launch();
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  /**
   * @param words what the reason must say besides the name of the file
   */
  record Bad(String kind, Supplier<byte[]> bytes, List<String> words) {
    Bad(String kind, byte[] jar, List<String> words) {
      this(kind, () -> jar, words);
    }

    byte[] jar() {
      return bytes.get();
    }

    @Override
    public String toString() {
      return kind + " " + words;
    }
  }

  static List<Bad> kinds() throws Exception {
    byte[] good = Samples.greeter("sample.other", "1.0.0").bytes();
    return List.of(
        new Bad("TRUNCATED", Samples.truncated(good), List.of("no end record", "copy it again")),
        new Bad("TRUNCATED", Samples.random(5000), List.of("not a zip file")),
        new Bad("TRUNCATED", new byte[0], List.of("empty")),
        new Bad("DAMAGED", Samples.corrupt(), List.of("text.txt", "checksum")),
        new Bad("NOT_A_BUNDLE", Samples.plainJar(), List.of("Bundle-SymbolicName", "bnd")),
        new Bad(
            "UNRESOLVED",
            Samples.unresolvable().bytes(),
            List.of("org.sluice.host.apis", "[1", "did you mean org.sluice.host.api?")),
        new Bad(
            "START_FAILED",
            Samples.activator("sample.throws", "1.0.0", "throw new Exception(\"no disk\");")
                .bytes(),
            List.of("no disk", "Activator.start")),
        new Bad(
            "START_FAILED",
            Samples.failingComponent().bytes(),
            List.of("sample.failing.Failing", "no such device eth7")),
        new Bad(
            "UNSATISFIED",
            Samples.neverActive().bytes(),
            List.of("sample.needing.Needing", "java.util.concurrent.ThreadFactory")),
        new Bad("TOO_NEW", Samples.tooNew(), List.of("compiled for Java 156", "Greeter.class")));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aBadJarOverAGoodOneLeavesTheGoodOneServing(Bad bad) throws Exception {
    String file = "victim.jar";
    sluice.drop(file, Samples.greeter("sample.victim", "1.0.0"));
    Plugins.Row before = plugins.awaitVersion(file, "1.0.0");

    sluice.put(sluice.plugins().resolve(file), bad.jar());
    Plugins.Row refused = plugins.await(file, "QUARANTINED");

    assertEquals("1.0.0", refused.version(), refused::toString);
    assertEquals(before.text("serving"), refused.text("serving"));
    assertEquals(before.texts("provides"), refused.texts("provides"));
    assertTrue(refused.reason().startsWith(file), refused::reason);
    for (String word : bad.words()) {
      assertTrue(refused.reason().contains(word), () -> word + " in: " + refused.reason());
    }
    Path note = sluice.home().resolve("var/quarantine/" + file + ".txt");
    String text = Files.readString(note);
    assertTrue(text.contains("kind:    " + bad.kind()), text);
    assertTrue(text.contains(file) && text.contains("remedy:"), text);
    byte[] copy = Files.readAllBytes(sluice.home().resolve("var/quarantine/" + file));
    assertTrue(java.util.Arrays.equals(bad.jar(), copy), "the refused bytes are kept");
    assertTrue(
        java.util.Arrays.equals(bad.jar(), Files.readAllBytes(sluice.plugins().resolve(file))),
        "the user's file is not touched");
    // The log is written by a thread of its own.
    sluice.awaitTrue(
        "word in the log", () -> sluice.log().contains(" file=" + file + " kind=" + bad.kind()));

    sluice.drop(file, Samples.greeter("sample.victim", "1.1.0"));
    Plugins.Row mended = plugins.awaitVersion(file, "1.1.0");
    assertEquals("", mended.reason());
    assertFalse(Files.exists(note));
    Files.delete(sluice.plugins().resolve(file));
    plugins.awaitGone(file);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aBadJarOfItsOwnTouchesNothing(Bad bad) throws Exception {
    sluice.drop("witness.jar", Samples.greeter("sample.witness", "1.0.0"));
    Plugins.Row before = plugins.awaitVersion("witness.jar", "1.0.0");
    sluice.put(sluice.plugins().resolve("bad.jar"), bad.jar());
    Plugins.Row refused = plugins.await("bad.jar", "QUARANTINED");
    assertTrue(refused.reason().startsWith("bad.jar"), refused::reason);
    assertEquals("", refused.text("serving"));
    Plugins.Row after = plugins.await("witness.jar", "ACTIVE");
    assertEquals(before.toString(), after.toString());
    Files.delete(sluice.plugins().resolve("bad.jar"));
    plugins.awaitGone("bad.jar");
    assertFalse(Files.exists(sluice.home().resolve("var/quarantine/bad.jar.txt")));
  }

  @Test
  void aFolderOrALinkToNowhereIsUnreadable() throws Exception {
    Path folder = Files.createDirectory(sluice.plugins().resolve("folder.jar"));
    Path link =
        Files.createSymbolicLink(sluice.plugins().resolve("link.jar"), Path.of("/nowhere.jar"));
    assertTrue(plugins.await("folder.jar", "QUARANTINED").reason().contains("is a folder"));
    assertTrue(plugins.await("link.jar", "QUARANTINED").reason().contains("does not exist"));
    Files.delete(folder);
    Files.delete(link);
    plugins.awaitGone("folder.jar");
    plugins.awaitGone("link.jar");
  }

  @Test
  void aSecondFileOfTheSameNameIsRefusedUntilTheFirstGoes() throws Exception {
    sluice.drop("first.jar", Samples.greeter("sample.twin", "1.0.0"));
    plugins.await("first.jar", "ACTIVE");
    sluice.drop("second.jar", Samples.greeter("sample.twin", "2.0.0"));
    Plugins.Row refused = plugins.await("second.jar", "QUARANTINED");
    assertTrue(refused.reason().contains("sample.twin"), refused::reason);
    assertTrue(refused.reason().contains("first.jar"), refused::reason);
    assertEquals("1.0.0", plugins.await("first.jar", "ACTIVE").version());
    Files.delete(sluice.plugins().resolve("first.jar"));
    plugins.awaitVersion("second.jar", "2.0.0");
    plugins.awaitGone("first.jar");
    Files.delete(sluice.plugins().resolve("second.jar"));
    plugins.awaitGone("second.jar");
  }

  @Test
  void aBundleOfTheProductIsNotReplacedUnasked() throws Exception {
    sluice.drop("api.jar", Samples.greeter("org.sluice.link.table", "9.0.0"));
    Plugins.Row refused = plugins.await("api.jar", "QUARANTINED");
    assertTrue(refused.reason().contains("org.sluice.link.table"), refused::reason);
    assertTrue(refused.reason().contains("allowReplace"), refused::reason);
    Files.delete(sluice.plugins().resolve("api.jar"));
    plugins.awaitGone("api.jar");
  }
}
