// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** Signed plugins, with keys and signatures as {@code sluice sign} makes them. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class SignedTest {
  private static final String PID = "org.sluice.host.deploy";

  /** Runs the tool; answers what it printed. */
  private static String sign(int exit, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                SluiceProcess.DIST.resolve("lib/sluice.jar").toString(),
                "org.sluice.runtime.sign.Sign"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(false).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exit, process.waitFor(), out + err);
    return out.strip();
  }

  /** A key in the home of the test, and its line for {@code trustedKeys}. */
  private static String key(SluiceProcess sluice, String name) throws Exception {
    return sign(0, "keygen", "--key", sluice.home().resolve(name).toString(), "--name", name);
  }

  /** Puts a jar into the folder, with its signature there first. */
  private static void dropSigned(SluiceProcess sluice, String key, String file, PluginJar jar)
      throws Exception {
    Path work = Files.createDirectories(sluice.home().resolve("work"));
    Path copy = work.resolve(file);
    Files.write(copy, jar.bytes());
    sign(0, "sign", "--key", sluice.home().resolve(key).toString(), copy.toString());
    Files.move(
        work.resolve(file + ".sig"),
        sluice.plugins().resolve(file + ".sig"),
        StandardCopyOption.ATOMIC_MOVE);
    Files.move(copy, sluice.plugins().resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void require(SluiceProcess sluice, String... keys) throws Exception {
    String list = keys.length == 0 ? "" : "\"" + String.join("\", \"", keys) + "\"";
    sluice.config(PID, "{ \"requireSigned\": true, \"trustedKeys\": [" + list + "] }");
  }

  @Test
  void onlyWhatATrustedKeySignedIsTaken() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      String trusted = key(sluice, "alice");
      key(sluice, "mallory");
      require(sluice, trusted);
      sluice.launch();
      Plugins plugins = new Plugins(sluice);

      dropSigned(sluice, "alice", "good.jar", Samples.greeter("sample.good", "1.0.0"));
      plugins.await("good.jar", "ACTIVE");

      PluginJar plain = Samples.greeter("sample.plain", "1.0.0");
      sluice.drop("plain.jar", plain);
      Plugins.Row unsigned = plugins.await("plain.jar", "QUARANTINED");
      assertTrue(unsigned.reason().contains("no plain.jar.sig"), unsigned::reason);

      dropSigned(sluice, "mallory", "wrong.jar", Samples.greeter("sample.wrong", "1.0.0"));
      Plugins.Row wrong = plugins.await("wrong.jar", "QUARANTINED");
      assertTrue(wrong.reason().contains("alice"), wrong::reason);

      // An update without a signature of its own: the old revision goes on.
      sluice.drop("good.jar", Samples.greeter("sample.good", "2.0.0"));
      assertEquals("1.0.0", plugins.await("good.jar", "QUARANTINED").version());

      // The signature may come after the jar.
      Path work = Files.createDirectories(sluice.home().resolve("work"));
      Path copy = Files.write(work.resolve("plain.jar"), plain.bytes());
      sign(0, "sign", "--key", sluice.home().resolve("alice").toString(), copy.toString());
      sign(0, "verify", "--trusted", trusted, copy.toString());
      Files.move(
          work.resolve("plain.jar.sig"),
          sluice.plugins().resolve("plain.jar.sig"),
          StandardCopyOption.ATOMIC_MOVE);
      plugins.await("plain.jar", "ACTIVE");
    }
  }

  @Test
  void aByteChangedAfterSigningIsSeen() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      String trusted = key(sluice, "alice");
      require(sluice, trusted);
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      Path work = Files.createDirectories(sluice.home().resolve("work"));
      Path copy = work.resolve("x.jar");
      Files.write(copy, Samples.greeter("1.0.0").bytes());
      sign(0, "sign", "--key", sluice.home().resolve("alice").toString(), copy.toString());
      Files.copy(work.resolve("x.jar.sig"), sluice.plugins().resolve("x.jar.sig"));
      sluice.drop("x.jar", Samples.greeter("1.0.1"));
      Plugins.Row refused = plugins.await("x.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("changed after signing"), refused::reason);
      sign(1, "verify", "--trusted", trusted, sluice.plugins().resolve("x.jar").toString());
    }
  }

  @Test
  void withoutAKeyNothingIsTaken() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      key(sluice, "alice");
      require(sluice);
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      dropSigned(sluice, "alice", "x.jar", Samples.greeter("1.0.0"));
      Plugins.Row refused = plugins.await("x.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("no trusted key"), refused::reason);
      assertTrue(refused.reason().contains("trustedKeys"), refused::reason);
    }
  }

  @Test
  void turnedOnWhileRunningItRemovesWhatIsNotSigned() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      String trusted = key(sluice, "alice");
      sluice.drop("plain.jar", Samples.greeter("sample.plain", "1.0.0"));
      dropSigned(sluice, "alice", "signed.jar", Samples.greeter("sample.signed", "1.0.0"));
      plugins.await("plain.jar", "ACTIVE");
      plugins.await("signed.jar", "ACTIVE");
      require(sluice, trusted);
      Plugins.Row refused = plugins.await("plain.jar", "QUARANTINED");
      assertEquals("", refused.text("serving"));
      plugins.await("signed.jar", "ACTIVE");

      sluice.kill();
      sluice.launch();
      plugins.await("plain.jar", "QUARANTINED");
      plugins.await("signed.jar", "ACTIVE");

      sluice.config(PID, "{ \"requireSigned\": false }");
      plugins.await("plain.jar", "ACTIVE");
    }
  }

  /** Before that nothing serves in any case. */
  private static void triedToFallBack(SluiceProcess sluice) throws Exception {
    sluice.awaitTrue(
        "word of the last good revision", () -> sluice.log().contains("the last good revision"));
  }

  @Test
  void theLastGoodRevisionIsVerifiedToo() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      String trusted = key(sluice, "alice");
      sluice.drop("x.jar", Samples.greeter("1.0.0"));
      plugins.await("x.jar", "ACTIVE");
      sluice.kill();
      sluice.put(sluice.plugins().resolve("x.jar"), Samples.random(4000));
      require(sluice, trusted);
      sluice.launch();
      triedToFallBack(sluice);
      assertEquals("", plugins.await("x.jar", "QUARANTINED").text("serving"));
    }
  }

  @Test
  void aRevisionThatWasChangedOnTheDiskIsNotStartedAgain() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("x.jar", Samples.greeter("1.0.0"));
      Plugins.Row row = plugins.await("x.jar", "ACTIVE");
      sluice.kill();
      // Both the file and the private copy are spoilt: there is nothing good to go back to.
      sluice.put(sluice.plugins().resolve("x.jar"), Samples.truncated(Samples.random(4000)));
      Path copy = sluice.home().resolve("var/deploy/revisions/" + row.text("serving") + ".jar");
      Files.write(copy, Samples.greeter("6.6.6").bytes());
      sluice.launch();
      triedToFallBack(sluice);
      assertEquals("", plugins.await("x.jar", "QUARANTINED").text("serving"));
    }
  }
}
