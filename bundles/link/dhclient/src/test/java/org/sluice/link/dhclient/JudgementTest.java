// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Management;

/**
 * What is believed when the hook, the lease file, the processes and the kernel say this or that.
 */
class JudgementTest {
  private static final Slot ETH1 = new Slot("eth1", false);
  private static final Slot ETH1_SIX = new Slot("eth1", true);
  private static final String ADDRESS = "10.77.1.125";
  private static final Instant START = Instant.parse("2026-11-21T13:00:00Z");

  private final Tally tally = new Tally();
  private final Map<String, Integer> indexes = new HashMap<>(Map.of("eth1", 3));
  private final Set<IpAddress> addresses = new HashSet<>();
  private final Map<Slot, HookRecord> hooks = new HashMap<>();
  private final List<Client> clients = new ArrayList<>();
  private boolean whole = true;
  private Instant now = START;

  @TempDir Path folder;

  private final Judgement judgement =
      new Judgement(
          new Links() {
            @Override
            public OptionalInt index(String name) {
              Integer index = indexes.get(name);
              return index == null ? OptionalInt.empty() : OptionalInt.of(index);
            }

            @Override
            public boolean has(int index, IpAddress address) {
              return indexes.containsValue(index) && addresses.contains(address);
            }
          });

  private final Map<Path, LeaseFile> files = new HashMap<>();

  private Path file() {
    return folder.resolve("dhclient.eth1.leases");
  }

  private void runs(boolean six) {
    clients.add(new Client(1, six, List.of("eth1"), null, ""));
  }

  private void onLink(String address) {
    addresses.add(IpAddress.parse(address));
  }

  private void after(Duration time) {
    now = now.plus(time);
  }

  private static String block(String address, Instant end) {
    String time =
        DateTimeFormatter.ofPattern("'6' yyyy/MM/dd HH:mm:ss").withZone(ZoneOffset.UTC).format(end);
    return """
        lease {
          interface "eth1";
          fixed-address %s;
          option subnet-mask 255.255.255.0;
          option dhcp-lease-time 120;
          expire %s;
        }
        """
        .formatted(address, time);
  }

  private void write(String text) throws Exception {
    Files.writeString(file(), text, StandardCharsets.ISO_8859_1);
    Files.setLastModifiedTime(file(), FileTime.from(now));
  }

  private void hook(String reason, String address, Instant end) {
    boolean six = reason.endsWith("6");
    String text =
        "reason=%s\0interface=eth1\0new_ip%s_address=%s\0new_subnet_mask=255.255.255.0\0"
                .formatted(reason, six ? "6" : "", address)
            + "new_dhcp_lease_time=120\0new_expiry=%d\0".formatted(end.getEpochSecond())
            + "new_life_starts=%d\0new_max_life=%d\0"
                .formatted(now.getEpochSecond(), Duration.between(now, end).toSeconds());
    HookRecord record =
        HookRecord.read(text.getBytes(StandardCharsets.ISO_8859_1), now, tally).orElseThrow();
    hooks.put(record.slot(), record);
  }

  private Verdict judge() throws Exception {
    if (Files.exists(file())) {
      files.computeIfAbsent(file(), path -> new LeaseFile(path, true)).look(now, tally);
    }
    return judgement.judge(new Evidence(whole, clients, hooks, List.copyOf(files.values())), now);
  }

  /** In one line, such as {@code bound CONFIGURED ROUTABLE [10.77.1.125/24] until …}. */
  private String told() throws Exception {
    StringBuilder line = new StringBuilder();
    for (Fact fact : judge().facts().reversed()) {
      switch (fact) {
        case Management m ->
            line.append("%s %s %s %s".formatted(m.setup(), m.stage(), m.ipv4(), m.ipv6()));
        case Lease lease -> line.append(" ").append(lease.addresses());
        default -> throw new AssertionError(fact);
      }
    }
    return line.toString();
  }

  @Test
  void theWholeLifeOfALeaseByTheHook() throws Exception {
    runs(false);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
    hook("PREINIT", "", START);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
    onLink(ADDRESS);
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    assertEquals(START.plusSeconds(120), judge().next());
    after(Duration.ofSeconds(60));
    hook("RENEW", ADDRESS, now.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    assertEquals(START.plusSeconds(180), judge().next());
    addresses.clear();
    hook("EXPIRE", "", START);
    assertEquals("expired WAITING OFF UNKNOWN", told());
    hook("FAIL", "", START);
    assertEquals("failed WAITING OFF UNKNOWN", told());
  }

  @Test
  void aReleaseIsTheEndAtOnceThoughTheFileStillHasTheLease() throws Exception {
    runs(false);
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(120)));
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofSeconds(30));
    hook("RELEASE", "", now);
    assertEquals("released WAITING OFF UNKNOWN", told());
    clients.clear();
    assertEquals("", told());
    assertEquals(List.of(), judge().lost(), "it ended in order");
    after(Duration.ofSeconds(30));
    assertEquals("", told(), "the file is no proof of anything later");
  }

  @Test
  void withTheFileAloneALeaseCountsOnceItsAddressIsThere() throws Exception {
    runs(false);
    write(block(ADDRESS, START.plusSeconds(3600)));
    assertEquals("init CONFIGURING OFF UNKNOWN", told(), "it may be that of yesterday");
    assertTrue(START.plusSeconds(1).isAfter(judge().next()), "it asks again soon");
    onLink(ADDRESS);
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    addresses.clear();
    assertEquals(
        "bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]",
        told(),
        "who takes the address away takes no lease back");
    write(block(ADDRESS, START.plusSeconds(3600)) + block(ADDRESS, now));
    assertEquals("init CONFIGURING OFF UNKNOWN", told(), "released");
  }

  @Test
  void aLeaseThatNobodyRenewsEndsInTime() throws Exception {
    runs(false);
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(120)));
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofSeconds(119));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofSeconds(1));
    assertEquals("expired WAITING OFF UNKNOWN", told());
  }

  @Test
  void theHookTellsFirstAndTheFileSoonAfterChangesNothing() throws Exception {
    runs(false);
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(60)));
    hook("RENEW", ADDRESS, START.plusSeconds(120));
    Verdict first = judge();
    after(Duration.ofMillis(15));
    write(block(ADDRESS, START.plusSeconds(60)) + block(ADDRESS, START.plusSeconds(120)));
    assertEquals(first.facts(), judge().facts());
  }

  @Test
  void aHookThatWasTakenAwayIsOvertakenByTheFile() throws Exception {
    runs(false);
    onLink(ADDRESS);
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    after(Duration.ofSeconds(60));
    write(block(ADDRESS, START.plusSeconds(180)));
    assertEquals(START.plusSeconds(180), judge().next());
    after(Duration.ofSeconds(60));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    hook("EXPIRE", "", now);
    after(Duration.ofSeconds(3));
    write(block("10.77.1.126", now.plusSeconds(100)));
    onLink("10.77.1.126");
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.126/24]", told());
  }

  /** A dhclient begins to ask with the lease of before in its file. */
  @Test
  void askingIsNotHaving() throws Exception {
    runs(false);
    write(block(ADDRESS, START.plusSeconds(3600)));
    hook("PREINIT", "", START);
    onLink(ADDRESS);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
  }

  @Test
  void aDhclientThatDiesIsMissedForAWhile() throws Exception {
    runs(false);
    onLink(ADDRESS);
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    clients.clear();
    Verdict verdict = judge();
    assertEquals(
        List.of("the dhclient that looked after eth1 has ended without a word"), verdict.lost());
    assertEquals(START.plus(Judgement.GRACE), verdict.next());
    assertEquals(2, verdict.facts().size());
    after(Duration.ofSeconds(5));
    runs(false);
    assertEquals(List.of(), judge().lost(), "another one came");
    clients.clear();
    assertEquals(2, judge().facts().size());
    after(Judgement.GRACE);
    assertEquals("", told());
    assertEquals(List.of(), judge().lost());
    runs(false);
    hook("PREINIT", "", START);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
  }

  @Test
  void oneThatDiesBeforeItHadALeaseIsMissedToo() throws Exception {
    runs(false);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
    clients.clear();
    assertEquals(1, judge().lost().size());
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
    after(Judgement.GRACE);
    assertEquals("", told());
    assertEquals(List.of(), judge().lost());
  }

  @Test
  void whatADhclientLeftBehindBeforeWeCameIsNothing() throws Exception {
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(3600)));
    hook("BOUND", ADDRESS, START.plusSeconds(3600));
    assertEquals("", told());
  }

  @Test
  void whereProcessesAreHiddenALeaseCountsUntilItEnds() throws Exception {
    whole = false;
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(60)));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofSeconds(60));
    assertEquals("", told());
    hook("PREINIT", "", START);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
    hook("BOUND", ADDRESS, now.plusSeconds(60));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    hook("STOP", "", START);
    assertEquals("", told());
  }

  @Test
  void aLinkThatWentTakesItsLeaseAlongAndANewOneOfItsNameHasNone() throws Exception {
    runs(false);
    onLink(ADDRESS);
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    indexes.clear();
    assertEquals("", told());
    addresses.clear();
    indexes.put("eth1", 9);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
  }

  @Test
  void bothFamiliesStandInOneLine() throws Exception {
    runs(false);
    runs(true);
    onLink(ADDRESS);
    hook("BOUND", ADDRESS, START.plusSeconds(120));
    hook("PREINIT6", "", START);
    assertEquals("bound init6 CONFIGURING ROUTABLE OFF [10.77.1.125/24]", told());
    onLink("fd77:1::127");
    hook("BOUND6", "fd77:1::127", START.plusSeconds(60));
    assertEquals(
        "bound bound6 CONFIGURED ROUTABLE ROUTABLE [fd77:1::127/128] [10.77.1.125/24]", told());
    assertEquals(START.plusSeconds(60), judge().next());
  }

  /** The hook tells one address at a time, the file all of them. */
  @Test
  void ofSeveralAddressesOfIpv6AllAreTold() throws Exception {
    runs(true);
    String file =
        """
        lease6 {
          interface "eth1";
          ia-na 1:2:3:4 {
            starts %1$d;
            iaaddr fd77:1::127 { starts %1$d; preferred-life 60; max-life 60; }
            iaaddr fd77:1::128 { starts %1$d; preferred-life 60; max-life 120; }
          }
        }
        """
            .formatted(START.getEpochSecond());
    write(file);
    onLink("fd77:1::127");
    onLink("fd77:1::128");
    hook("BOUND6", "fd77:1::127", START.plusSeconds(60));
    assertEquals("bound6 CONFIGURED UNKNOWN ROUTABLE [fd77:1::127/128, fd77:1::128/128]", told());
    after(Duration.ofSeconds(60));
    hook("EXPIRE6", "", now);
    assertEquals("bound6 CONFIGURED UNKNOWN ROUTABLE [fd77:1::128/128]", told());
    after(Duration.ofSeconds(60));
    hook("EXPIRE6", "", now);
    assertEquals("expired6 WAITING UNKNOWN OFF", told());
    assertTrue(hooks.containsKey(ETH1_SIX));
  }

  /** When dhclient starts it empties the file and writes it anew. */
  @Test
  void aFileThatIsWrittenAnewLosesNoLease() throws Exception {
    runs(false);
    onLink(ADDRESS);
    write(block(ADDRESS, START.plusSeconds(120)));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofMillis(10));
    write("");
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    assertTrue(files.containsKey(file()) && files.get(file()).doubtful());
    after(Duration.ofMillis(10));
    write(block(ADDRESS, START.plusSeconds(120)));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(Duration.ofMillis(10));
    write("lease {\n interface");
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    after(LeaseFile.MOMENT);
    assertEquals("init CONFIGURING OFF UNKNOWN", told());
  }

  @Test
  void aFileOfAnotherDhclientIsNotAsked() throws Exception {
    clients.add(new Client(1, false, List.of("eth1"), folder.resolve("own.leases"), ""));
    Files.writeString(folder.resolve("own.leases"), block("10.77.1.7", START.plusSeconds(60)));
    LeaseFile own = new LeaseFile(folder.resolve("own.leases"), false);
    own.look(now, tally);
    files.put(own.path(), own);
    onLink(ADDRESS);
    onLink("10.77.1.7");
    write(block(ADDRESS, START.plusSeconds(3600)));
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.7/24]", told());
    assertTrue(files.get(own.path()).leases().containsKey(ETH1));
    List<Client> running = List.copyOf(clients);
    clients.clear();
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.7/24]", told());
    assertEquals(1, judge().lost().size(), "it has ended");
    clients.addAll(running);
    files.remove(own.path());
    assertEquals("init CONFIGURING OFF UNKNOWN", told(), "its own does not count");
  }

  @Test
  void aFileThatIsLongIsReadFromItsEnd() throws Exception {
    runs(false);
    onLink(ADDRESS);
    write(
        block("10.77.1.7", START.plusSeconds(60)).repeat(10_000)
            + block(ADDRESS, START.plusSeconds(60)));
    assertTrue(Files.size(file()) > 1024 * 1024);
    assertEquals("bound CONFIGURED ROUTABLE UNKNOWN [10.77.1.125/24]", told());
    assertEquals(0, tally.malformed());
  }
}
