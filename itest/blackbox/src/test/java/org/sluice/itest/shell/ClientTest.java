// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;

/** The client: single commands, scripts, and a person at a terminal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ClientTest {
  @TempDir Path state;
  private SluiceProcess sluice;

  @BeforeAll
  void start() throws Exception {
    sluice = SluiceProcess.start();
    sluice.drop("demo.jar", Demo.jar());
    sluice.awaitTrue("the demo", () -> sluice.command("demo:rows").exit() == 0);
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  private Command.Result client(String... arguments) throws Exception {
    return Command.run(Command.client(sluice.home(), arguments), "");
  }

  @Test
  void passesOnWhatTheProcessAnswersWithItsExitCode() throws Exception {
    assertEquals(
        new Command.Result(0, "name  number\none        1\ntwo       22\n", ""),
        client("demo:rows"));
    assertEquals(
        new Command.Result(1, "", "the disk is full: remove something\n"), client("demo:fail"));
    assertEquals(new Command.Result(2, "", "3 makes no sense here\n"), client("demo:wrong", "3"));
    assertEquals(new Command.Result(0, "a b 'c' $d\n", ""), client("text:echo", "a b 'c' $d"));
  }

  @Test
  void saysWhenNothingRunsAndHowToStartIt() throws Exception {
    Command.Result result = Command.run(Command.client(state, "host:help"), "");
    assertEquals(3, result.exit());
    assertTrue(result.err().contains("sluice run --home " + state), result.err());
    assertEquals(3, Command.run(Command.client(state, "shell"), "host:help\n").exit());
  }

  @Test
  void homeMayStandBehindTheVerb() throws Exception {
    List<String> command = new java.util.ArrayList<>(Command.client(sluice.home(), "demo:rows"));
    List<String> home = List.copyOf(command.subList(command.size() - 3, command.size() - 1));
    command.removeAll(home);
    command.addAll(home);
    assertEquals(0, Command.run(command, "").exit());
  }

  @Test
  void aScriptStopsAtItsFirstFailure() throws Exception {
    String script = "# first\ndemo:rows | count\n\necho 'a\nb'\ndemo:wrong 3\necho never\n";
    Command.Result stopped = Command.run(Command.client(sluice.home(), "shell"), script);
    assertEquals(2, stopped.exit(), stopped::toString);
    assertEquals("3\na\nb\n", stopped.out());
    assertTrue(stopped.err().contains("line 6: ended with 2: demo:wrong 3"), stopped.err());
    Command.Result onward =
        Command.run(Command.client(sluice.home(), "shell", "-k"), script + "demo:fail\n");
    assertEquals(2, onward.exit(), "the first failure counts");
    assertTrue(onward.out().endsWith("never\n"), onward.out());
    assertEquals(0, Command.run(Command.client(sluice.home(), "shell"), "").exit());
    assertTrue(sluice.process().isAlive(), "the end of a script is not the end of the process");
  }

  @Test
  void endsWhenItsReaderGoes() throws Exception {
    List<String> shell =
        List.of(
            "sh",
            "-c",
            String.join(" ", Command.client(sluice.home(), "demo:flow")) + " | head -n 2");
    assertEquals("name  number\ntick  0\n", Command.run(shell, "").out());
  }

  @Test
  void aProcessThatDiesWithinAnAnswerIsToldAndItsSocketReplaced() throws Exception {
    try (SluiceProcess other = SluiceProcess.start()) {
      other.drop("demo.jar", Demo.jar());
      other.awaitTrue("the demo", () -> other.command("demo:rows").exit() == 0);
      Process client =
          new ProcessBuilder(Command.client(other.home(), "demo:sleep"))
              .redirectErrorStream(true)
              .start();
      InputStream out = client.getInputStream();
      assertEquals("sleeping\n", new String(out.readNBytes(9), StandardCharsets.UTF_8));
      other.kill();
      String rest = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(1, client.waitFor(), rest);
      assertTrue(rest.contains("went away before it had answered"), rest);
      Command.Result nobody = Command.run(Command.client(other.home(), "demo:rows"), "");
      assertEquals(3, nobody.exit(), nobody::toString);
      assertTrue(nobody.err().contains("nobody listens on"), nobody.err());
      other.launch();
      assertEquals(0, Command.run(Command.client(other.home(), "host:sessions"), "").exit());
    }
  }

  /** {@code script} gives it a real terminal. */
  private final class Person implements AutoCloseable {
    private final Process process;
    private final OutputStream keys;
    private volatile String screen = "";
    private int seen;

    Person() throws IOException {
      String command = String.join(" ", Command.client(sluice.home(), "shell"));
      ProcessBuilder builder =
          new ProcessBuilder(
              "script", "-qefc", "stty cols 100 rows 40; exec " + command, "/dev/null");
      builder.environment().put("TERM", "xterm");
      builder.environment().put("XDG_STATE_HOME", state.toString());
      builder.environment().remove("NO_COLOR");
      process = builder.redirectErrorStream(true).start();
      keys = process.getOutputStream();
      Thread.ofPlatform().daemon().name("screen").start(this::watch);
    }

    private void watch() {
      try (InputStream in = process.getInputStream()) {
        byte[] buffer = new byte[4096];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          show(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        show(e.toString());
      }
    }

    private synchronized void show(String text) {
      screen += text;
    }

    void type(String text) throws IOException {
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    }

    /** Waits until the text appears behind what was waited for before. */
    void sees(String text) throws Exception {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      int at = -1;
      while (at < 0) {
        String plain = plain();
        at = plain.indexOf(text, Math.min(seen, plain.length()));
        assertTrue(
            at >= 0 || System.nanoTime() < end,
            () -> "no " + text + " on the screen, which shows:\n" + plain);
        Thread.sleep(10);
      }
      seen = at + text.length();
    }

    private String plain() {
      return screen.replaceAll("\u001b\\[[?0-9;]*[a-zA-Z]", "");
    }

    int exit() throws Exception {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> screen);
      return process.exitValue();
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void aPersonCompletesRunsInterruptsAndFindsTheHistoryAgain() throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/script")), "script (bsdutils) gives the terminal");
    try (Person person = new Person()) {
      person.sees("sluice>");
      person.type("demo:ro\t");
      person.sees("demo:rows");
      person.type("\r");
      person.sees("two       22");
      person.sees("sluice>");
      person.type("echo 'first\r");
      person.sees(">");
      person.type("second'\r");
      person.sees("first\r\nsecond");
      person.sees("sluice>");
      person.type("demo:flow\r");
      person.sees("tick  3");
      person.type("\u0003");
      person.sees("interrupted");
      person.sees("sluice>");
      person.type("demo:f\t\t");
      person.sees("demo:flood");
      person.type("\u0003");
      person.sees("sluice>");
      person.type("?\r");
      person.sees("demo:rows");
      person.sees("sluice>");
      person.type("\u0004");
      assertEquals(0, person.exit());
    }
    Path history = state.resolve("sluice/history");
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(history)));
    assertTrue(Files.readString(history).contains("demo:rows"));
    try (Person person = new Person()) {
      person.sees("sluice>");
      person.type("\u001bOA\u001bOA");
      person.sees("demo:flow");
      person.type("\u0003");
      person.sees("sluice>");
      person.type("exit\r");
      assertEquals(0, person.exit());
    }
  }
}
