// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;

/** The start script: in the unpacked tarball, in a path with a space, and in a bare checkout. */
class ScriptTest {
  private static final String NOBODY = "65534";

  @TempDir static @Nullable Path shared;

  private static Path folder() {
    if (shared == null) {
      throw new IllegalStateException("JUnit made no folder");
    }
    return shared;
  }

  private static Path dist() {
    return folder().resolve("a path/sluice-0.1.0");
  }

  private static Path script() {
    return dist().resolve("bin/sluice");
  }

  @BeforeAll
  static void unpack() throws Exception {
    // A plain user comes along here, too.
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Shell.pack(folder().resolve("packed"));
    Path to = Files.createDirectories(folder().resolve("a path"));
    Path tar = folder().resolve("packed/sluice-0.1.0.tar.gz");
    assertEquals(0, Shell.run("tar", "-C", to.toString(), "-xf", tar.toString()).exit());
  }

  /** Runs until it is up, asks it one thing, and stops it. */
  private static void live(Path home, @Nullable Path folder, String... command) throws Exception {
    try (Shell.Running running = Shell.start(folder, Map.of(), command)) {
      running.awaitText("sluice is up");
      assertTrue(
          running.text().contains("home=" + home) || running.text().contains("home=\\\"" + home),
          running.text());
      Shell.Ended asked = Shell.run(script().toString(), "--home", home.toString(), "help");
      assertEquals(0, asked.exit(), asked.text());
      Shell.Ended answered =
          Shell.run(script().toString(), "host:plugins", "--home", home.toString(), "--json");
      assertEquals(0, answered.exit(), answered.text());
      running.process().destroy();
      Shell.Ended ended = running.end();
      assertEquals(0, ended.exit(), ended.text());
    }
  }

  @Test
  void takeOptionsBeforeAndAfterTheVerb() throws Exception {
    String sluice = script().toString();
    String home = folder().resolve("a home").toString();
    String http = "127.0.0.1:0";
    live(Path.of(home), null, sluice, "--home", home, "--http", http, "run");
    live(Path.of(home), null, sluice, "run", "--home=" + home, "--http=" + http);
    live(Path.of(home), null, sluice, "--safe-mode", "run", "--http", http, "--home", home);
  }

  @Test
  void runThroughALinkFromAnotherFolderWithARelativeHome() throws Exception {
    Path links = Files.createDirectories(folder().resolve("links"));
    Path link = Files.createSymbolicLink(links.resolve("sluice"), script());
    Path second = Files.createSymbolicLink(links.resolve("again"), Path.of("sluice"));
    Path home = links.toRealPath().resolve("h");
    live(home, links, second.toString(), "run", "--home", "h", "--http", "127.0.0.1:0");
    assertEquals("sluice 0.1.0\n", Shell.run(link.toString(), "version").text());
  }

  @Test
  void runAsAPlainUser() throws Exception {
    assumeTrue(Shell.root(), "only root can become another user");
    assumeTrue(Shell.has("setpriv"), "setpriv is not installed");
    Path home = Files.createDirectory(folder().resolve("home of nobody"));
    assertEquals(0, Shell.run("chown", NOBODY + ":" + NOBODY, home.toString()).exit());
    live(
        home,
        null,
        "setpriv",
        "--reuid",
        NOBODY,
        "--regid",
        NOBODY,
        "--clear-groups",
        script().toString(),
        "run",
        "--home",
        home.toString(),
        "--http",
        "127.0.0.1:0");
  }

  @Test
  void giveUpAllButOnePrivilegeInEveryThread() throws Exception {
    assumeTrue(Shell.root(), "only root can become another user");
    assumeTrue(Shell.has("setpriv"), "setpriv is not installed");
    Path home = folder().resolve("home of another");
    try (Shell.Running running =
        Shell.start(
            null,
            Map.of(),
            script().toString(),
            "run",
            "--user",
            "nobody",
            "--home",
            home.toString(),
            "--http",
            "127.0.0.1:0")) {
      running.awaitText("sluice is up");
      int threads = 0;
      try (var tasks = Files.list(Path.of("/proc/" + running.process().pid() + "/task"))) {
        for (Path task : tasks.toList()) {
          String status;
          try {
            status = Files.readString(task.resolve("status"));
          } catch (IOException e) {
            assertFalse(Files.exists(task), "only a thread that has ended cannot be looked at");
            continue;
          }
          threads++;
          assertTrue(status.contains("Uid:\t65534\t65534\t65534\t65534\n"), status);
          assertTrue(status.contains("NoNewPrivs:\t1\n"), status);
          for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            // One that starts hooks may have none at all.
            assertTrue(
                status.contains(set + ":\t0000000000001000\n")
                    || status.contains(set + ":\t0000000000000000\n"),
                status);
          }
        }
      }
      assertTrue(threads > 10, "only " + threads + " threads were looked at");
      // A check that is slow, or a thread that ends while it is looked at, is told first.
      Shell.awaitText(
          List.of("may have net_admin, none of "),
          script().toString(),
          "host:health",
          "--home",
          home.toString());
      running.process().destroy();
      assertEquals(0, running.end().exit());
    }
  }

  @Test
  void passOverCachesThatAreOlderThanAJar() throws Exception {
    Path copy = Files.createDirectory(folder().resolve("older"));
    assertEquals(
        0, Shell.run("cp", "-a", dist() + "/bin", dist() + "/lib", copy.toString()).exit());
    String[] trace = {"bash", "-x", copy.resolve("bin/sluice").toString(), "run", "--usage"};
    Files.writeString(copy.resolve("lib/sluice.aot"), "made after the jars");
    assertTrue(Shell.run(trace).text().contains("-XX:AOTCache="));
    Path jar = copy.resolve("lib/sluice.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    Shell.Ended ended = Shell.run(trace);
    assertFalse(ended.text().contains("-XX:AOTCache="), ended.text());
    assertTrue(ended.text().contains("unknown option --usage"), ended.text());
  }

  @Test
  void refuseToRunWithMoreThanWasAllowed() throws Exception {
    assumeTrue(Shell.root(), "a plain user has no privileges to refuse");
    Path home = folder().resolve("refused");
    Shell.Ended ended =
        Shell.run(
            script().toString(), "run", "--privileges", "net_admin", "--home", home.toString());
    assertEquals(1, ended.exit(), ended.text());
    assertTrue(ended.text().contains("not run, for it may do more than net_admin"), ended.text());
    assertTrue(ended.text().contains("is root"), ended.text());
    assertFalse(Files.exists(home.resolve("var")), "nothing was begun");
    Shell.Ended unknown =
        Shell.run(
            script().toString(), "run", "--privileges", "net_admn", "--home", home.toString());
    assertEquals(2, unknown.exit(), unknown.text());
    assertTrue(unknown.text().contains("net_admn is no privilege"), unknown.text());
  }

  @Test
  void keepPluginsOutInSafeMode() throws Exception {
    // The option reaches the framework wherever it stands; what it does there is tested with
    // deployment.
    Path home = folder().resolve("safe");
    Files.createDirectories(home.resolve("plugins"));
    Files.write(home.resolve("plugins/bad.jar"), new byte[100]);
    for (String[] words : new String[][] {{"--safe-mode", "run"}, {"run", "--safe-mode"}}) {
      List<String> command = new ArrayList<>(List.of(script().toString()));
      command.addAll(Arrays.asList(words));
      command.addAll(List.of("--home", home.toString(), "--http", "127.0.0.1:0"));
      try (Shell.Running running = Shell.start(null, Map.of(), command.toArray(String[]::new))) {
        running.awaitText("sluice is up");
        Shell.awaitText(
            List.of("HELD", "safe mode"),
            script().toString(),
            "host:plugins",
            "--json",
            "--home",
            home.toString());
        running.process().destroy();
        assertEquals(0, running.end().exit());
      }
    }
  }

  @Test
  void sayWhatIsWrongWithACall() throws Exception {
    String sluice = script().toString();
    assertEquals(2, Shell.run(sluice, "nonsense").exit());
    assertEquals(2, Shell.run(sluice, "--nonsense").exit());
    assertEquals(2, Shell.run(sluice, "run", "--home").exit());
    assertEquals(2, Shell.run(sluice, "run", "--nonsense").exit());
    Shell.Ended build = Shell.run(sluice, "build");
    assertEquals(2, build.exit());
    assertTrue(build.text().contains("needs a checkout"), build.text());
    Shell.Ended asked = Shell.run(sluice, "link:list", "--home", folder() + "/nowhere");
    assertEquals(3, asked.exit(), asked.text());
    assertTrue(asked.text().contains("not running"), asked.text());
  }

  @Test
  void sayWhatToInstallWhereThereIsNoJdk() throws Exception {
    assumeTrue(Shell.root(), "only root can hide the JDKs of this machine");
    assumeTrue(Shell.has("unshare"), "unshare is not installed");
    // Where this very JVM lies, and the usual places.
    Path jdks = Path.of(System.getProperty("java.home")).toRealPath().getParent();
    Path old = Files.createDirectories(folder().resolve("old/bin"));
    Files.createSymbolicLink(old.resolve("java"), Path.of("/bin/true"));
    Files.writeString(folder().resolve("old/release"), "JAVA_VERSION=\"17.0.15\"\n");
    String hide =
        "for d in '%s' /usr/lib/jvm /opt /usr/local; do [ ! -d $d ] || mount -t tmpfs none $d; done; "
            .formatted(jdks);
    Shell.Ended none =
        Shell.run(
            null,
            Map.of(
                "JAVA_HOME", "", "HOME", "/nonexistent", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            "unshare",
            "-m",
            "sh",
            "-c",
            hide
                + "'"
                + script()
                + "' run; echo ended $?; JAVA_HOME='"
                + folder()
                + "/old' '"
                + script()
                + "' run");
    assumeTrue(!none.text().contains("mount:"), "mounting is not allowed here: " + none.text());
    assertTrue(none.text().contains("no JDK 25 or newer found"), none.text());
    assertTrue(none.text().contains("openjdk-25-jdk"), none.text());
    assertTrue(none.text().contains("ended 1\n"), none.text());
    assertTrue(none.text().contains("too old: JDK 17 in " + folder() + "/old"), none.text());
  }

  @Test
  void sayThatACheckoutOfAnotherUserCannotBeBuilt() throws Exception {
    assumeTrue(Shell.root(), "only root can become another user");
    assumeTrue(Shell.has("setpriv"), "setpriv is not installed");
    Path checkout = Files.createDirectory(folder().resolve("checkout"));
    Files.setPosixFilePermissions(checkout, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path copy = checkout.resolve("sluice");
    Files.copy(
        SluiceProcess.ROOT.resolve("sluice"),
        copy,
        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    for (boolean opened : new boolean[] {false, true}) {
      if (opened) {
        // Its notes may be written, but not what is built.
        Path notes = Files.createDirectory(checkout.resolve(".sluice"));
        Files.setPosixFilePermissions(notes, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
      Shell.Ended ended =
          Shell.run(
              "setpriv",
              "--reuid",
              NOBODY,
              "--regid",
              NOBODY,
              "--clear-groups",
              copy.toString(),
              "run");
      assertEquals(1, ended.exit(), ended.text());
      assertTrue(ended.text().contains("is not writable for you"), ended.text());
      assertTrue(ended.text().contains("clone it"), ended.text());
    }
  }

  @Test
  void startWithCachesOfAnotherBuild() throws Exception {
    Path copy = folder().resolve("stale");
    assertEquals(0, Shell.run("cp", "-a", dist().toString(), copy.toString()).exit());
    for (String cache : List.of("sluice", "client")) {
      Files.write(copy.resolve("lib/" + cache + ".aot"), new byte[5000]);
    }
    String sluice = copy.resolve("bin/sluice").toString();
    String home = folder().resolve("stale home").toString();
    try (Shell.Running running =
        Shell.start(null, Map.of(), sluice, "run", "--home", home, "--http", "127.0.0.1:0")) {
      running.awaitText("sluice is up");
      Shell.Ended asked = Shell.run(sluice, "host:plugins", "--json", "--home", home);
      assertEquals(0, asked.exit(), asked.text());
      assertTrue(asked.text().startsWith("["), asked.text());
      running.process().destroy();
      for (String line : running.end().text().lines().toList()) {
        assertTrue(line.startsWith("ts="), "not a record: " + line);
      }
    }
  }
}
