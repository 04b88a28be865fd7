// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;

/** Leases out of files as networkd writes them, and as it would never. */
class LeasesTest {
  private static final States CONFIGURED = new States("configured", "routable", "", "", "");
  private static final States CONFIGURING = new States("configuring", "carrier", "", "", "");
  private static final String TEXT =
      """
      # This is private data. Do not parse.
      ADDRESS=198.51.100.9
      NETMASK=255.255.254.0
      ROUTER=198.51.100.1 198.51.100.2
      SERVER_ADDRESS=198.51.100.3
      T1=60
      T2=105
      LIFETIME=120
      MTU=1400
      DNS=192.0.2.53 192.0.2.54
      DOMAINNAME=example.net
      DOMAIN_SEARCH_LIST=example.net lab.example.
      HOSTNAME=box
      CLIENTID=ff8d85
      """;

  private final ServiceTally tally = new ServiceTally();
  private final Leases leases = new Leases(tally);
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void choose() {
    file = folder.resolve("7");
  }

  private static Description described(OptionalLong until) {
    return new Description(
        7,
        CONFIGURED,
        "",
        List.of(),
        List.of(),
        List.of(
            new Description.Granted(
                IpPrefix.parse("198.51.100.9/23"), Description.FOUR, null, until)));
  }

  private static long untilIn(int seconds) throws Exception {
    LeaseClock clock = LeaseClock.read();
    return clock.sinceStart() + seconds * 1_000_000L;
  }

  /** Clocks that tell seconds, and a machine that is slow, make a difference of a few. */
  private static void about(long seconds, @Nullable Instant from, @Nullable Instant to) {
    long told = Duration.between(requireNonNull(from), requireNonNull(to)).toSeconds();
    assertTrue(Math.abs(told - seconds) <= 3, () -> told + " s, not about " + seconds);
  }

  @Test
  void aLeaseSaysWhatTheServerGranted() {
    Instant renewed = Instant.parse("2026-11-21T12:00:00Z");
    Lease lease =
        LeaseFile.parse(renewed, TEXT, tally).lease(7, renewed, renewed.plusSeconds(120), tally);

    assertEquals(
        new Lease(
            7,
            false,
            "networkd",
            List.of(IpPrefix.parse("198.51.100.9/23")),
            List.of(IpAddress.parse("198.51.100.1"), IpAddress.parse("198.51.100.2")),
            List.of(IpAddress.parse("192.0.2.53"), IpAddress.parse("192.0.2.54")),
            List.of("example.net", "lab.example"),
            "box",
            1400,
            IpAddress.parse("198.51.100.3"),
            renewed,
            renewed.plusSeconds(120),
            new java.util.TreeMap<>(
                Map.of("T1", "60", "T2", "105", "LIFETIME", "120", "CLIENTID", "ff8d85"))),
        lease);
    assertEquals(0, tally.malformedValues());
  }

  @Test
  void whatMakesNoSenseIsCountedAndLeftOut() {
    LeaseFile odd =
        LeaseFile.parse(
            Instant.EPOCH,
            """
            ADDRESS='198.51.100.9'
            NETMASK=255.255.255.0
            ROUTER=$(id) ::1 198.51.100.1
            DNS=one.one.one.one
            DOMAINNAME="a\\u001b[31m$(id)"
            HOSTNAME=\u001b]0;title\u0007
            LIFETIME=99999999999
            MTU=-1
            =nothing
            lower=case
            no equals
            """,
            tally);
    Lease lease = requireNonNull(odd.lease(7, null, null, tally));

    assertEquals(List.of(IpPrefix.parse("198.51.100.9/24")), lease.addresses());
    assertEquals(List.of(IpAddress.parse("198.51.100.1")), lease.gateways());
    assertEquals(List.of(), lease.nameServers());
    assertEquals("\\x1b]0;title\\x07", lease.hostName());
    assertEquals(0, lease.mtu());
    assertEquals(OptionalLong.empty(), odd.lifetime());
    assertTrue(
        lease.domains().stream().allMatch(d -> d.chars().noneMatch(Character::isISOControl)));
    assertEquals(3 + 3, tally.malformedValues());
    for (String none :
        List.of("", "ADDRESS=198.51.100.9\n", "ADDRESS=198.51.100.9\nNETMASK=255.0.255.0\n")) {
      assertNull(LeaseFile.parse(Instant.EPOCH, none, tally).lease(7, null, null, tally), none);
    }
  }

  @Test
  void aFileThatIsWrittenAgainIsNoRenewal() throws Exception {
    Files.writeString(file, TEXT);
    long until = untilIn(100);
    Lease first = leases.look(file, CONFIGURED, described(OptionalLong.of(until))).getFirst();
    about(120, first.renewed(), first.expires());

    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(40)));
    assertEquals(
        List.of(first),
        leases.look(file, CONFIGURED, described(OptionalLong.of(until + 900_000))),
        "the kernel rounds");
    assertEquals(
        List.of(first),
        leases.look(file, CONFIGURED, described(OptionalLong.empty())),
        "an answer without lifetimes says nothing of them");

    Lease renewed =
        leases.look(file, CONFIGURED, described(OptionalLong.of(until + 20_000_000))).getFirst();
    about(20, first.expires(), renewed.expires());
    assertTrue(renewed.grantsTheSameAs(first));
  }

  @Test
  void withoutLifetimesTheTimeOfTheFileCounts() throws Exception {
    Files.writeString(file, TEXT);
    Instant written = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(30);
    Files.setLastModifiedTime(file, FileTime.from(written));
    Lease lease = leases.look(file, CONFIGURED, described(OptionalLong.empty())).getFirst();
    about(0, written, lease.renewed());
    about(120, lease.renewed(), lease.expires());
  }

  @Test
  void aLeaseForEverNeverExpires() throws Exception {
    Files.writeString(file, TEXT.replace("LIFETIME=120", "LIFETIME=4294967295"));
    Lease lease = leases.look(file, CONFIGURED, described(OptionalLong.empty())).getFirst();
    assertNull(lease.expires());
    assertTrue(leases.untilHalf(7).isEmpty());
  }

  @Test
  void aLeaseIsLostWithItsFileUnlessItsManagerHasJustComeBack() throws Exception {
    Files.writeString(file, TEXT);
    List<Lease> first = leases.look(file, CONFIGURED, described(OptionalLong.of(untilIn(100))));
    Files.delete(file);

    leases.patient(Duration.ofMinutes(1));
    assertEquals(first, leases.look(file, CONFIGURING, described(OptionalLong.empty())));
    assertEquals(Set.of(new Lease.Key(7, false, "networkd")), leases.keys(7));
    assertEquals(List.of(), leases.look(file, CONFIGURED, described(OptionalLong.empty())));
    assertEquals(Set.of(), leases.keys(7));

    Files.writeString(file, TEXT);
    leases.look(file, CONFIGURED, described(OptionalLong.of(untilIn(100))));
    Files.delete(file);
    leases.patient(Duration.ZERO);
    assertEquals(List.of(), leases.look(file, CONFIGURING, described(OptionalLong.empty())));
  }

  @Test
  void aFileThatIsNoneIsNoLease() throws Exception {
    Files.createDirectory(file);
    assertEquals(List.of(), leases.look(file, CONFIGURED, described(OptionalLong.empty())));
    Files.delete(file);
    Files.createSymbolicLink(file, Files.writeString(folder.resolve("elsewhere"), TEXT));
    assertEquals(List.of(), leases.look(file, CONFIGURED, described(OptionalLong.empty())));
    Files.delete(file);
    Files.writeString(file, TEXT + "#".repeat(70_000));
    assertEquals(List.of(), leases.look(file, CONFIGURED, described(OptionalLong.empty())));
    assertEquals(1, tally.failures());
  }

  @Test
  void aLeaseOfTheSixthVersionIsPutTogether() throws Exception {
    Instant begun = Instant.now();
    long until = untilIn(50);
    Description said =
        new Description(
            7,
            CONFIGURED,
            "",
            List.of(
                new Description.Told<>(IpAddress.parse("2001:db8::53"), Description.SIX),
                new Description.Told<>(IpAddress.parse("192.0.2.53"), "static")),
            List.of(new Description.Told<>("six.example", Description.SIX)),
            List.of(
                new Description.Granted(
                    IpPrefix.parse("2001:db8::9/128"),
                    Description.SIX,
                    IpAddress.parse("fe80::1"),
                    OptionalLong.of(until))));
    Lease lease = leases.look(file, CONFIGURED, said).getFirst();
    assertTrue(lease.six());
    assertEquals(List.of(IpAddress.parse("2001:db8::53")), lease.nameServers());
    assertEquals(List.of("six.example"), lease.domains());
    assertEquals(IpAddress.parse("fe80::1"), lease.server());
    about(50, begun, lease.expires());
    // Half of what was left at some moment in between.
    Instant expires = requireNonNull(lease.expires());
    Instant before = Instant.now();
    Duration left = leases.untilHalf(7).orElseThrow().multipliedBy(2);
    assertFalse(before.plus(left).isAfter(expires), left::toString);
    assertFalse(Instant.now().plus(left).plusMillis(10).isBefore(expires), left::toString);
  }
}
