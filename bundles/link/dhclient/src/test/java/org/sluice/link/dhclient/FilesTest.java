// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files and processes are believed. */
class FilesTest {
  private static final String LEASE =
      "lease {\n interface \"eth1\";\n fixed-address 10.0.0.1;\n expire never;\n}\n";

  private static final Instant NOW = Instant.parse("2026-11-21T13:00:00Z");

  private final Tally tally = new Tally();

  @TempDir Path folder;

  private LeaseFiles files() {
    return new LeaseFiles(List.of(folder, folder.resolve("none")), tally);
  }

  private static void mode(Path path, String mode) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void whatAnybodyCouldChangeDoesNotCount() throws Exception {
    Path file = Files.writeString(folder.resolve("dhclient.leases"), LEASE);
    mode(file, "rw-r--r--");
    LeaseFiles files = files();
    assertEquals(1, files.look(List.of(), NOW).size());
    mode(file, "rw-rw-rw-");
    assertEquals(List.of(), files.look(List.of(), NOW));
    assertTrue(files.problems().toString().contains("chmod go-w"), files.problems()::toString);
    mode(file, "rw-r--r--");
    mode(folder, "rwxrwxrwx");
    assertEquals(List.of(), files.look(List.of(), NOW));
    mode(folder, "rwxr-xr-x");
    assertEquals(1, files.look(List.of(), NOW).size());
    assertTrue(files.problems().isEmpty());
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = folder.resolve("dhclient.leases");
    Process made = new ProcessBuilder("mkfifo", "-m", "644", pipe.toString()).start();
    assertTrue(made.waitFor(10, TimeUnit.SECONDS));
    LeaseFiles files = files();
    assertEquals(List.of(), files.look(List.of(), NOW));
    assertTrue(files.problems().toString().contains("no regular file"));
  }

  @Test
  void aFileThatWentIsForgotten() throws Exception {
    Path file = Files.writeString(folder.resolve("dhclient.leases"), LEASE);
    mode(file, "rw-r--r--");
    LeaseFiles files = files();
    assertEquals(1, files.look(List.of(), NOW).size());
    Files.delete(file);
    assertEquals(List.of(), files.look(List.of(), NOW));
    assertTrue(files.problems().isEmpty());
  }

  /** Nobody knows yet that it will not come back, and it may have released its lease. */
  @Test
  void theFileOfADhclientThatEndedIsReadForAWhile() throws Exception {
    Path file = Files.writeString(folder.resolve("own"), LEASE);
    mode(file, "rw-r--r--");
    List<Client> client = List.of(new Client(1, false, List.of("eth1"), file, ""));
    LeaseFiles files = files();
    assertEquals(List.of(), files.look(List.of(), NOW));
    assertEquals(1, files.look(client, NOW).size());
    Instant end = NOW.plus(Judgement.GRACE);
    assertEquals(1, files.look(List.of(), end).size());
    assertTrue(files.folders().contains(folder));
    assertEquals(List.of(), files.look(List.of(), end.plusSeconds(2)));
  }

  @Test
  void theHookFolderMustBelongToTheTrusted() throws Exception {
    Path records = Files.createDirectory(folder.resolve("records"));
    Files.writeString(records.resolve("4-eth1"), "reason=PREINIT\0interface=eth1\0");
    Files.writeString(records.resolve("t-77"), "reason=PREINIT\0interface=eth2\0");
    Files.writeString(records.resolve("4-bad"), "nonsense");
    mode(records, "rwxr-xr-x");
    HookFolder hook = new HookFolder(records, tally);
    Map<Slot, HookRecord> said = hook.look();
    assertEquals(java.util.Set.of(new Slot("eth1", false)), said.keySet());
    assertEquals(1, tally.malformed());
    hook.look();
    assertEquals(1, tally.malformed(), "what did not change is not read again");
    mode(records, "rwxrwxrwx");
    assertEquals(Map.of(), hook.look());
    assertTrue(hook.problem().contains("chmod go-w"), hook.problem());
  }

  /** With a folder that looks like that of the kernel. */
  @Test
  void onlyADhclientOfATrustedUserIsOne() throws Exception {
    Path proc = folder.resolve("proc");
    process(proc, "self", "java", "java");
    process(proc, "1", "init", "init");
    process(proc, "20", "dhclient", "dhclient\0eth1\0");
    process(proc, "21", "dhclient", "");
    process(proc, "22", "dhclientx", "dhclient\0eth2\0");
    process(proc, "23", "bash", "dhclient\0eth3\0");
    process(proc, "24", "dhclient", "dhclient\0eth4\0");
    Files.createSymbolicLink(
        Files.createDirectory(proc.resolve("24/ns")).resolve("net"), Path.of("net:[2]"));
    Files.createSymbolicLink(
        Files.createDirectory(proc.resolve("self/ns")).resolve("net"), Path.of("net:[1]"));
    process(proc, "25", "dhclient", "dhclient\0eth5\0");
    boolean root = (Integer) Files.getAttribute(proc, "unix:uid") == 0;
    if (root) {
      Files.setAttribute(proc.resolve("25"), "unix:uid", 65534);
    }
    Processes processes = new Processes(proc);
    Processes.Sight sight = processes.look();
    assertTrue(sight.whole());
    assertEquals(
        root ? List.of(List.of("eth1")) : List.of(List.of("eth1"), List.of("eth5")),
        sight.clients().stream()
            .map(Client::links)
            .sorted(java.util.Comparator.comparing(List::toString))
            .toList());
    assertTrue(processes.runs(sight.clients().getFirst()));
    Files.writeString(proc.resolve("20/comm"), "other\n");
    assertEquals(
        List.of(false),
        sight.clients().stream().filter(c -> c.pid() == 20).map(processes::runs).toList());
  }

  @Test
  void whereNoProcessesAreToldOfNobodyKnows() throws Exception {
    Processes.Sight sight = new Processes(folder.resolve("proc")).look();
    assertEquals(List.of(), sight.clients());
    assertTrue(!sight.whole());
  }

  private static void process(Path proc, String pid, String comm, String commandLine)
      throws Exception {
    Path process = Files.createDirectories(proc.resolve(pid));
    Files.writeString(process.resolve("comm"), comm + "\n");
    Files.writeString(process.resolve("cmdline"), commandLine);
  }
}
