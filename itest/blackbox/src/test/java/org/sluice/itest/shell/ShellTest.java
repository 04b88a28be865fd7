// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.SluiceProcess.Answer;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** One process with a plugin full of difficult commands, and clients of every kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ShellTest {
  private static final Set<String> FRAMEWORK = Set.of("felix", "scr", "cm", "osgi");

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

  @Test
  void onlyTheOwnerMayOpenTheSocket() throws Exception {
    Path socket = sluice.home().resolve("var/run/sluice.sock");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
  }

  @Test
  void theEndOfStandardInputEndsNothing() {
    // It is /dev/null, so it ended long ago.
    assertTrue(sluice.process().isAlive());
    assertEquals(0, sluice.command("host:sessions").exit());
  }

  @Test
  void exitCodes() {
    assertEquals(0, sluice.command("demo:rows").exit());
    Answer failed = sluice.command("demo:fail");
    assertEquals(1, failed.exit());
    assertEquals("the disk is full: remove something\n", failed.err());
    Answer found = sluice.command("demo:bad", "big");
    assertEquals(1, found.exit());
    assertTrue(found.out().endsWith("one finding of kind BIG\n"), found.toString());
    Answer wrong = sluice.command("demo:wrong", "3");
    assertEquals(2, wrong.exit());
    assertEquals("3 makes no sense here\n", wrong.err());
    assertEquals("7\n", sluice.command("demo:wrong", "7").out());
  }

  @Test
  void wrongArgumentsAreAnsweredWithTheUsage() {
    for (String[] call :
        List.of(
            new String[] {"demo:wrong"},
            new String[] {"demo:wrong", "1", "2"},
            new String[] {"demo:wrong", "many"},
            new String[] {"demo:bad", "huge"})) {
      Answer answer = sluice.command(call);
      assertEquals(2, answer.exit(), answer::toString);
      assertTrue(answer.err().contains("usage: " + call[0]), answer.toString());
      assertTrue(answer.err().contains("for example: " + call[0]), answer.toString());
    }
  }

  @Test
  void whatDoesNotExistIsAnsweredWithWhatIsNear() {
    assertAll(
        () -> near("demo:rwos", "did you mean demo:rows?"),
        () -> near("demmo:rows", "did you mean demo:rows?"),
        () -> near("hots:help", "did you mean host:help?"),
        () -> near("nonsense:at-all", "there is no scope nonsense; there are "));
    Answer line = sluice.line("demo:rwos | count");
    assertEquals(2, sluice.line("demo:rwos").exit());
    assertTrue(line.exit() == 2 || line.out().equals("0\n"), line.toString());
  }

  @Test
  void gogosOwnCommandsTakeABundleByNumberOrName() {
    Answer named = sluice.command("felix:headers", "org.sluice.json");
    assertEquals(0, named.exit(), named::toString);
    assertTrue(named.out().contains("Bundle-SymbolicName = org.sluice.json"), named.toString());
    Answer numbered = sluice.command("felix:headers", "0");
    assertTrue(numbered.out().contains("org.apache.felix.framework"), numbered.toString());
    assertEquals(2, sluice.command("felix:headers", "org.sluice.nothing").exit());
    assertEquals(2, sluice.command("felix:stop", "123456").exit());
  }

  private void near(String command, String text) {
    Answer answer = sluice.command(command);
    assertEquals(2, answer.exit(), answer::toString);
    assertTrue(answer.err().contains(text), answer.toString());
  }

  @Test
  void anArgumentIsNeverEvaluated() {
    for (String argument :
        List.of(
            "$args", "(demo:fail)", "it's", "a b", "\"", "`id`", "*", "$(demo:fail)", "", "ü 漢")) {
      Answer answer = sluice.command("text:echo", argument);
      assertEquals(argument.isEmpty() ? "" : argument + "\n", answer.out(), answer::toString);
      assertEquals(0, answer.exit(), answer::toString);
    }
  }

  @Test
  void everyCommandThatNeedsNoArgumentAnswersJson() throws Exception {
    List<String> answered = new ArrayList<>();
    for (String command : commands()) {
      // These end the process or wait for something that never comes.
      if (command.matches(
          "felix:(stop|frameworklevel|update|uninstall|refresh)|demo:(sleep|spin|quiet|deaf|fl.*)|packet:trace")) {
        continue;
      }
      Answer answer = sluice.command(command, "--json");
      if (answer.exit() == 2 || (answer.exit() == 1 && answer.out().isEmpty())) {
        assertFalse(answer.err().isBlank(), command);
        continue;
      }
      parse(command, answer.out());
      answered.add(command);
    }
    assertTrue(
        answered.containsAll(
            List.of(
                "host:commands", "host:help", "demo:rows", "demo:print", "felix:lb", "scr:list")),
        answered::toString);
  }

  /** A stream is one value a line; anything else is one value. */
  private static void parse(String command, String text) throws Exception {
    try {
      JsonReader.read(text);
    } catch (org.sluice.json.JsonException whole) {
      for (String line : text.lines().toList()) {
        try {
          JsonReader.read(line);
        } catch (org.sluice.json.JsonException e) {
          throw new AssertionError(command + " --json: " + whole.getMessage() + "\n" + text, e);
        }
      }
    }
  }

  @Test
  void theJsonOptionIsTheShellsWhereverItStands() {
    String expected = sluice.command("demo:rows", "--json").out();
    assertEquals(expected, sluice.command("--json", "demo:rows").out());
    assertEquals(expected, sluice.line("demo:rows --json").out());
    assertEquals(
        "[\n  \"printed \\\"here\\\"\"\n]\n", sluice.command("demo:print", "--json").out());
    assertEquals("null\n", sluice.line("x = --json").out());
    assertTrue(sluice.line("demo:rows --json | grep '\"number\": 22'").out().contains("22"));
  }

  @Test
  void everyCommandOfOursHasHelpWithAnExample() throws Exception {
    List<Executable> checks = new ArrayList<>();
    for (String command : commands()) {
      if (FRAMEWORK.contains(command.substring(0, command.indexOf(':')))) {
        continue;
      }
      Answer help = sluice.command("help", command);
      checks.add(
          () -> {
            assertEquals(0, help.exit(), help::toString);
            assertTrue(help.out().contains("Example"), command + ":\n" + help.out());
            assertFalse(help.out().startsWith("No description"), command);
            assertTrue(help.out().contains("Usage:\n  " + command), help.out());
          });
      assertEquals(help, sluice.command(command, "--help"));
    }
    assertTrue(checks.size() > 10);
    assertAll(checks);
  }

  @Test
  void helpShowsEverythingAScopeOrOneCommand() {
    assertTrue(sluice.command("help").out().contains("\ndemo:rows"));
    String scope = sluice.command("help", "demo").out();
    assertTrue(scope.startsWith("demo:bad") && !scope.contains("host:sessions"), scope);
    assertEquals(sluice.command("help").out(), sluice.line("?").out());
    assertEquals(sluice.command("help", "demo:rows").out(), sluice.line("demo:rows ?").out());
    assertEquals(2, sluice.command("help", "demo:nothing").exit());
  }

  @Test
  void tablesPipesAndVariables() throws Exception {
    assertEquals("name  number\none        1\ntwo       22\n", sluice.command("demo:rows").out());
    assertEquals("two       22\n", sluice.line("demo:rows | grep two").out());
    assertEquals("two       22\n", sluice.command("demo:rows | grep two").out());
    assertEquals("3\n", sluice.line("demo:rows | count").out());
    assertEquals("name  number\n", sluice.line("demo:flow | head -n 1").out());
    try (Talk talk = new Talk(sluice);
        Talk other = new Talk(sluice)) {
      talk.line("x = hello");
      assertEquals("hello world\n", talk.line("echo $x world").out());
      assertFalse(other.line("echo $x world").out().contains("hello"));
    }
  }

  @Test
  void anUnfinishedLineIsToldFromAWrongOne() {
    Answer open = sluice.line("echo 'x");
    assertEquals(2, open.exit());
    assertTrue(open.err().contains("not complete"), open.toString());
  }

  @Test
  void completion() throws Exception {
    try (Talk talk = new Talk(sluice)) {
      assertTrue(talk.completions("").containsAll(List.of("demo:", "host:", "help")));
      assertEquals(List.of("demo:"), talk.completions("dem"));
      assertEquals(List.of("demo:fail", "demo:flood", "demo:flow"), talk.completions("demo:f"));
      assertEquals(List.of("big", "small"), talk.completions("demo:bad ").subList(2, 4));
      assertEquals(List.of("demo:rows"), talk.completions("demo:rows | grep x; demo:ro"));
      assertEquals(List.of("demo", "demo:bad"), talk.completions("help demo").subList(0, 2));
      assertTrue(
          talk.completions("host:explain org.sluice.host.sh").contains("org.sluice.host.shell"));
      assertEquals(List.of("--json"), talk.completions("demo:rows --j"));
    }
  }

  @Test
  void anInterruptEndsTheCommandAndNothingElse() throws Exception {
    try (Talk talk = new Talk(sluice)) {
      talk.line("kept = yes");
      for (String command : List.of("demo:sleep", "demo:flow", "demo:flow | grep nothing")) {
        talk.send('L', command);
        if (!command.contains("|")) {
          talk.output();
        }
        talk.send('I', "");
        Answer answer = talk.answer();
        assertEquals(1, answer.exit(), answer::toString);
        assertTrue(answer.err().contains("interrupted"), answer.toString());
        assertFalse(answer.err().contains("left behind"), answer.toString());
        assertEquals("yes\n", talk.line("echo $kept").out(), command);
      }
    }
  }

  @Test
  void aCommandThatIgnoresItsInterruptIsLeftBehindAndHeardNoMore() throws Exception {
    try (Talk talk = new Talk(sluice)) {
      talk.send('L', "demo:spin");
      talk.output();
      talk.send('I', "");
      assertEquals(1, talk.answer().exit());
      for (int i = 0; i < 20; i++) {
        assertEquals("next\n", talk.line("echo next").out());
      }
    } finally {
      sluice.command("demo:wake");
    }
  }

  @Test
  void aStreamThatIgnoresItsInterruptIsLeftBehindAndHeardNoMore() throws Exception {
    try (Talk talk = new Talk(sluice)) {
      talk.send('L', "demo:deaf");
      talk.output();
      // Between two rows it would hear.
      sluice.awaitTrue("it to be deaf", () -> sluice.command("demo:ears").out().equals("deaf\n"));
      talk.send('I', "");
      Answer left = talk.answer();
      assertEquals(1, left.exit(), left::toString);
      assertTrue(left.err().contains("left behind"), left::toString);
      sluice.command("demo:wake");
      sluice.awaitTrue("it to go on", () -> sluice.command("demo:ears").out().equals("open\n"));
      for (int i = 0; i < 20; i++) {
        assertEquals("next\n", talk.line("echo next").out());
        Thread.sleep(100);
      }
    }
  }

  @Test
  void aStreamIsClosedWhenItsReaderGoes() throws Exception {
    int before = closed();
    Talk talk = new Talk(sluice);
    // It never writes again, so no failing write can tell it.
    talk.send('L', "demo:quiet");
    assertTrue(talk.output().startsWith("name"));
    talk.close();
    sluice.awaitTrue("the stream to be closed", () -> closed() > before);
  }

  private int closed() {
    return Integer.parseInt(sluice.command("demo:closed").out().strip());
  }

  @Test
  void aClientThatDoesNotReadHoldsUpNobody() throws Exception {
    int before = closed();
    List<Talk> lazy = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Talk talk = new Talk(sluice);
      talk.send('L', "demo:flood");
      lazy.add(talk);
    }
    for (int i = 0; i < 20; i++) {
      assertEquals(0, sluice.command("demo:rows").exit());
    }
    for (Talk talk : lazy) {
      talk.close();
    }
    sluice.awaitTrue("the floods to end", () -> closed() >= before + 8);
  }

  @Test
  void hostileFramesCostTheirSenderTheConnectionAndNothingElse() throws Exception {
    try (Talk witness = new Talk(sluice)) {
      witness.line("x = kept");
      List<byte[]> attacks =
          List.of(
              new byte[] {'A', 0x7f, -1, -1, -1},
              new byte[] {'A', -1, -1, -1, -1},
              tooLong(),
              "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
              new byte[] {'L', 0, 0, 0, 2, (byte) 0xc3, 0x28},
              new byte[] {0, 0, 0, 0, 0});
      for (byte[] attack : attacks) {
        try (Talk talk = new Talk(sluice)) {
          assertTrue(talk.isClosedBy(attack));
        }
      }
      try (Talk talk = new Talk(sluice)) {
        talk.send('L', "demo:sleep");
        talk.output();
        talk.send('L', "demo:rows");
        assertTrue(talk.isClosed(), "a second request while one runs");
      }
      assertEquals("kept\n", witness.line("echo $x").out());
    }
  }

  /** A frame that is all there and would be answered, were it one byte shorter. */
  private static byte[] tooLong() {
    int length = (1 << 20) + 1;
    byte[] frame = new byte[5 + length];
    Arrays.fill(frame, (byte) ' ');
    ByteBuffer.wrap(frame).put((byte) 'L').putInt(length);
    return frame;
  }

  @Test
  void tooManyClientsAreToldSo() throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try {
      var address = UnixDomainSocketAddress.of(sluice.home().resolve("var/run/sluice.sock"));
      for (int i = 0; i < 70; i++) {
        idle.add(SocketChannel.open(address));
      }
      sluice.awaitTrue(
          "the limit",
          () -> {
            Answer answer = sluice.command("demo:rows");
            return answer.exit() == 1 && answer.err().contains("too many clients");
          });
    } finally {
      for (SocketChannel channel : idle) {
        channel.close();
      }
    }
    // One place is not enough: while the others still count, the next client may be turned away.
    sluice.awaitTrue(
        "the others to go", () -> sluice.command("host:sessions").out().lines().count() == 2);
  }

  @Test
  void everyCommandIsInTheLog() throws Exception {
    // A crowd of records is no place to hide in.
    for (int i = 0; i < 100; i++) {
      sluice.command("demo:rows");
    }
    sluice.command("demo:wrong", "12345");
    sluice.awaitTrue(
        "the audit record",
        () ->
            sluice
                .log()
                .lines()
                .anyMatch(
                    l ->
                        l.contains("demo:wrong 12345")
                            && l.contains("exit=0")
                            && l.contains("role=FULL")));
    sluice.command("demo:wrong", "9\nforged record exit=0");
    sluice.awaitTrue("the record", () -> sluice.log().contains("forged record"));
    assertTrue(sluice.log().lines().noneMatch(l -> l.startsWith("forged")), "one record a line");
  }

  @Test
  void dataCannotSpeakToTheTerminal() {
    assertFalse(sluice.command("demo:evil").out().contains("\u001b"));
  }

  @Test
  void healthKnowsTheShell() throws Exception {
    String health = sluice.http("/health").body();
    assertTrue(health.contains("host.shell"), health);
  }

  @Test
  void metricsCountTheCommandsByRoleAndExitCode() throws Exception {
    String wrong = "sluice_shell_commands_total{role=\"full\",exit=\"2\"} ";
    double before = metric(wrong);
    sluice.command("demo:wrong", "3");
    assertEquals(before + 1, metric(wrong));
    assertTrue(metric("sluice_shell_commands_total{role=\"full\",exit=\"0\"} ") >= 1);
  }

  private double metric(String series) throws Exception {
    // A source that takes too long is left out of one answer.
    return sluice.await(
        "the series " + series,
        () ->
            sluice
                .http("/metrics")
                .body()
                .lines()
                .filter(l -> l.startsWith(series))
                .map(l -> Double.valueOf(l.substring(series.length())))
                .findFirst()
                .orElse(null));
  }

  private List<String> commands() {
    Answer answer = sluice.command("host:commands", "--json");
    List<String> commands = new ArrayList<>();
    if (answer.json() instanceof JsonValue.Arr rows) {
      for (JsonValue row : rows.items()) {
        if (row instanceof JsonValue.Obj object) {
          object.members().stream()
              .filter(m -> m.name().equals("command"))
              .forEach(m -> commands.add(((JsonValue.Str) m.value()).value()));
        }
      }
    }
    assertTrue(commands.size() > 20, commands::toString);
    return commands;
  }
}
