// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildTest {
  private static final long LONG = 30_000;

  @TempDir Path folder;

  private Path script(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("script"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  private Program program(String text, String input, String... arguments) throws IOException {
    return new Program(
        script(text),
        List.of(arguments),
        Map.of("PATH", "/usr/bin:/bin", "WORD", "a b$(id)"),
        folder,
        input);
  }

  private record Ran(int exit, String out) {}

  private static Ran run(Program program) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Child child = Child.start(program);
    try (child) {
      assertTrue(child.await(LONG, out::writeBytes));
    }
    return new Ran(child.exit(), out.toString(StandardCharsets.UTF_8));
  }

  @Test
  void givesExactlyWhatItWasToldTo() throws Exception {
    Ran ran =
        run(
            program(
                "#!/bin/sh\nenv | sort\npwd\nfor a; do echo \"<$a>\"; done\ncat\nexit 7\n",
                "in\nput",
                "x y",
                ";id",
                "ä"));
    assertEquals(7, ran.exit());
    assertEquals(
        "PATH=/usr/bin:/bin\nPWD="
            + folder
            + "\nWORD=a b$(id)\n"
            + folder
            + "\n<x y>\n<;id>\n<ä>\nin\nput",
        ran.out());
  }

  @Test
  void leadsASessionWithNothingButItsStandardDescriptors() throws Exception {
    Ran ran =
        run(
            program(
                """
                #!/bin/sh
                echo $$ $(cut -d' ' -f5,6 /proc/$$/stat)
                grep -E 'SigBlk|SigIgn' /proc/$$/status | cut -f2
                ls /proc/$$/fd
                """,
                ""));
    List<String> lines = ran.out().lines().toList();
    String[] numbers = lines.getFirst().split(" ");
    assertEquals(numbers[0], numbers[1], "it leads its group");
    assertEquals(numbers[0], numbers[2], "it leads its session");
    assertEquals(List.of("0000000000000000", "0000000000000000"), lines.subList(1, 3));
    // The shell keeps the script itself open, at 10 or as /dev/fd says.
    assertTrue(lines.subList(3, lines.size()).containsAll(Set.of("0", "1", "2")));
    assertTrue(lines.size() <= 7, ran::out);
  }

  @Test
  void muchOutputAndMuchInput() throws Exception {
    String input = "0123456789abcdef".repeat(100_000);
    Ran ran = run(program("#!/bin/sh\nexec cat\n", input));
    assertEquals(input, ran.out());
  }

  @Test
  void endsWithItsWholeGroup() throws Exception {
    Path pid = folder.resolve("pid");
    Child child =
        Child.start(
            program("#!/bin/sh\ntrap '' TERM\nsleep 1000 & echo $! > pid; wait; sleep 1000\n", ""));
    long grandchild;
    try (child) {
      while (!Files.exists(pid) || Files.size(pid) == 0) {
        assertFalse(child.await(5, bytes -> {}));
      }
      grandchild = Long.parseLong(Files.readString(pid).strip());
      assertTrue(alive(grandchild));
    }
    assertEquals(128 + 9, child.exit());
    long end = System.nanoTime() + 20_000_000_000L;
    while (alive(grandchild) && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertFalse(alive(grandchild), "the grandchild is still there");
  }

  /** A zombie waits for its parent, and does nothing any more. */
  private static boolean alive(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aBackgroundProcessThatKeepsThePipeHoldsNobodyUp() throws Exception {
    Ran ran = run(program("#!/bin/sh\nsleep 1000 &\necho done\n", ""));
    assertEquals(new Ran(0, "done\n"), ran);
  }

  @Test
  void saysWhyItCannotStart() throws Exception {
    Program text = program("no interpreter\n", "");
    SysException noProgram = assertThrows(SysException.class, () -> Child.start(text));
    assertEquals(Errno.ENOEXEC, noProgram.errno());
    Program absent = new Program(folder.resolve("absent"), List.of(), Map.of(), folder, "");
    SysException missing = assertThrows(SysException.class, () -> Child.start(absent));
    assertEquals(Errno.ENOENT, missing.errno());
    assertTrue(missing.toString().contains("start " + folder), missing::toString);
    Program zero = new Program(text.file(), List.of("a\0b"), Map.of(), folder, "");
    assertThrows(IllegalArgumentException.class, () -> Child.start(zero));
  }

  @Test
  void leavesNoDescriptorBehind() throws Exception {
    run(program("#!/bin/sh\nexit 0\n", "x"));
    long before = descriptors();
    for (int i = 0; i < 50; i++) {
      run(program("#!/bin/sh\nexit 0\n", "x"));
    }
    Program absent = new Program(folder.resolve("absent"), List.of(), Map.of(), folder, "");
    for (int i = 0; i < 50; i++) {
      assertThrows(SysException.class, () -> Child.start(absent));
    }
    assertTrue(descriptors() <= before + 3, () -> before + " became " + descriptors());
  }

  private static long descriptors() {
    String[] names = Path.of("/proc/self/fd").toFile().list();
    return names == null ? 0 : names.length;
  }

  @Test
  void aThreadThatRenouncedStartsProgramsWithoutAnyCapability() throws Exception {
    Program program =
        program("#!/bin/sh\ngrep -E 'Cap(Eff|Prm|Amb)|NoNew' /proc/self/status\n", "");
    AtomicReference<Capabilities> after = new AtomicReference<>();
    AtomicReference<Object> result = new AtomicReference<>("nothing");
    Thread thread =
        new Thread(
            () -> {
              try {
                after.set(Capabilities.renounce());
                result.set(run(program).out());
              } catch (IOException e) {
                result.set(e);
              }
            },
            "sys/test");
    Capabilities own = Capabilities.current();
    thread.start();
    thread.join();
    assertEquals(Set.of(), after.get().effective());
    assertTrue(after.get().noNewPrivileges());
    assertEquals(
        """
        CapPrm:\t0000000000000000
        CapEff:\t0000000000000000
        CapAmb:\t0000000000000000
        NoNewPrivs:\t1
        """,
        result.get());
    assertEquals(own, Capabilities.current(), "other threads keep theirs");
  }
}
