// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;

/** What another user can do: nothing, unless in the group, and then only look. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ReaderRoleTest {
  /** A group that every Debian has and that means nothing here. */
  private static final String GROUP = "games";

  private static final int OTHER = 65534;
  private SluiceProcess sluice;
  private int gid;

  @BeforeAll
  void start() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv (util-linux) is missing");
    gid =
        Files.readAllLines(Path.of("/etc/group")).stream()
            .filter(l -> l.startsWith(GROUP + ":"))
            .map(l -> Integer.parseInt(l.split(":", -1)[2]))
            .findFirst()
            .orElse(-1);
    assumeTrue(gid >= 0, "there is no group " + GROUP);
    assumeTrue(
        Command.run(as(OTHER, List.of("cat", client().toString())), "").exit() == 0,
        "another user cannot read " + client());
    sluice = SluiceProcess.start();
    // Others may pass through, but not list.
    for (String folder : List.of("", "var", "var/run")) {
      Files.setPosixFilePermissions(
          sluice.home().resolve(folder), PosixFilePermissions.fromString("rwx--x--x"));
    }
    sluice.drop("demo.jar", Demo.jar());
    sluice.awaitTrue("the demo", () -> sluice.command("demo:rows").exit() == 0);
    try (Talk owner = new Talk(sluice)) {
      owner.line("x = kept");
      sluice.config("org.sluice.host.shell", "{\"group\": \"" + GROUP + "\"}");
      sluice.awaitTrue("the group's socket", () -> mode().equals("rw-rw----"));
      assertEquals("kept\n", owner.line("echo $x").out(), "the owner's connection");
    }
  }

  @AfterAll
  void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  private static Path client() {
    return SluiceProcess.DIST.resolve("lib/client.jar").toAbsolutePath();
  }

  private String mode() throws Exception {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(sluice.home().resolve("var/run/sluice.sock")));
  }

  private static List<String> as(int gid, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of("setpriv", "--reuid=" + OTHER, "--regid=" + gid, "--clear-groups", "--"));
    all.addAll(command);
    return all;
  }

  private Command.Result reader(String... arguments) throws Exception {
    return Command.run(as(gid, Command.client(sluice.home(), arguments)), "");
  }

  @Test
  void theGroupMayConnectAndNobodyElse() throws Exception {
    PosixFileAttributes socket =
        Files.readAttributes(
            sluice.home().resolve("var/run/sluice.sock"),
            PosixFileAttributes.class,
            LinkOption.NOFOLLOW_LINKS);
    assertEquals(GROUP, socket.group().getName());
    assertEquals(0, reader("demo:rows").exit());
    Command.Result stranger =
        Command.run(as(OTHER, Command.client(sluice.home(), "demo:rows")), "");
    assertEquals(1, stranger.exit());
    assertTrue(stranger.err().contains("permission denied"), stranger.err());
  }

  @Test
  void aReaderReads() throws Exception {
    assertEquals(sluice.command("demo:rows").out(), reader("demo:rows").out());
    assertEquals(sluice.command("demo:rows", "--json").out(), reader("demo:rows", "--json").out());
    assertEquals(0, reader("help").exit());
    assertEquals(0, reader("link:list").exit());
    assertTrue(reader("host:sessions").out().contains("READER"));
  }

  @Test
  void aReaderIsRefusedEverythingElse() throws Exception {
    for (String command :
        List.of("demo:touched", "demo:fail", "felix:lb", "text:echo", "felix:stop")) {
      Command.Result refused = reader(command);
      assertEquals(1, refused.exit(), command);
      assertTrue(refused.err().contains("read-only role"), refused.err());
    }
  }

  @Test
  void gogoIsOutOfReach() throws Exception {
    int before = Integer.parseInt(sluice.command("demo:touched").out().strip());
    List<String> tricks =
        List.of(
            "demo:rows | grep one",
            "demo:rows; demo:fail",
            "demo:rows && demo:fail",
            "demo:rows > /tmp/sluice-reader-was-here",
            "x = 5",
            "$.context",
            "($.context bundles) 0",
            "demo:rows (demo:fail)",
            "demo:rows `demo:fail`",
            "{ demo:fail }",
            "[ demo:fail ]",
            "each [1] { demo:fail }",
            "demo:rows\ndemo:fail",
            "demo:rows $(demo:fail)",
            "\"demo:fail\"",
            "'demo:rows' class",
            "osgi:eval demo:fail",
            "osgi:addCommand x y",
            "new java.lang.String");
    for (String trick : tricks) {
      // As a line of a script, and as one argument of a command line.
      for (Command.Result result :
          List.of(
              Command.run(as(gid, Command.client(sluice.home(), "shell")), trick + "\n"),
              reader(trick))) {
        assertFalse(result.exit() == 0, trick + " " + result);
        assertFalse(result.err().contains("the disk is full"), trick + " was carried out");
      }
    }
    assertFalse(Files.exists(Path.of("/tmp/sluice-reader-was-here")));
    assertEquals(before, Integer.parseInt(sluice.command("demo:touched").out().strip()));
  }

  @Test
  void aSetterThatGogoWouldFindForAReadingNameIsNotReached() throws Exception {
    Command.Result result = reader("demo:level", "7");
    assertEquals(1, result.exit(), result::toString);
    assertEquals("0\n", sluice.command("demo:touched").out());
  }

  @Test
  void theLogSaysWhoItWas() throws Exception {
    reader("demo:touched");
    sluice.awaitTrue(
        "the audit record",
        () ->
            sluice
                .log()
                .lines()
                .anyMatch(
                    l ->
                        l.contains("demo:touched")
                            && l.contains("role=READER")
                            && l.contains("exit=1")));
  }

  @Test
  void whoComesByAGroupGoesWithIt() throws Exception {
    Process reader =
        new ProcessBuilder(as(gid, Command.client(sluice.home(), "shell")))
            .redirectErrorStream(true)
            .start();
    try (var keys = reader.getOutputStream()) {
      keys.write("demo:rows\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      keys.flush();
      assertEquals('n', reader.getInputStream().read());
      sluice.config("org.sluice.host.shell", "{}");
      sluice.awaitTrue("the owner's socket", () -> mode().equals("rw-------"));
      sluice.awaitTrue(
          "the reader to be gone", () -> !sluice.command("host:sessions").out().contains("READER"));
    } finally {
      reader.destroyForcibly();
      sluice.config("org.sluice.host.shell", "{\"group\": \"" + GROUP + "\"}");
      sluice.awaitTrue("the group's socket", () -> mode().equals("rw-rw----"));
    }
  }
}
