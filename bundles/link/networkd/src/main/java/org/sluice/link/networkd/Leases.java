// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.ServiceTally;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;

/**
 * The leases of all links, as they were told last. What a DHCPv4 server granted stands in the file
 * of the lease; how long it lasts is told by {@code Describe}, for the file is written again at
 * times when nothing was renewed. A DHCPv6 lease is put together from {@code Describe} alone.
 *
 * <p>For one thread at a time.
 */
final class Leases {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkd");

  /** The kernel tells lifetimes in seconds; what differs by less was not renewed. */
  private static final long SAME_MICROS = 2_000_000;

  private static final Duration LEAST_WAIT = Duration.ofSeconds(5);

  private final ServiceTally tally;
  private final Map<Lease.Key, Held> held = new HashMap<>();
  private long patientUntil = System.nanoTime();

  /**
   * A lease as it was told.
   *
   * @param until when it ends, in microseconds since the host was started; none for ever
   * @param exact whether networkd said so, and it was not reckoned from the time of a file
   */
  private record Held(Lease lease, OptionalLong until, boolean exact) {}

  Leases(ServiceTally tally) {
    this.tally = tally;
  }

  /**
   * For so long a lease that is missing while its link is being configured is not lost: a manager
   * that was restarted asks for it again.
   */
  void patient(Duration grace) {
    patientUntil = System.nanoTime() + grace.toNanos();
  }

  void clear() {
    held.clear();
  }

  void retain(Set<Integer> links) {
    held.keySet().removeIf(key -> !links.contains(key.link()));
  }

  Set<Lease.Key> keys(int link) {
    Set<Lease.Key> keys = new HashSet<>();
    for (boolean six : new boolean[] {false, true}) {
      Lease.Key key = key(link, six);
      if (held.containsKey(key)) {
        keys.add(key);
      }
    }
    return keys;
  }

  Set<Lease.Key> forget(int link) {
    Set<Lease.Key> keys = keys(link);
    keys.forEach(held::remove);
    return keys;
  }

  /** How long until half of what is left of a lease is over; empty when there is nothing to see. */
  Optional<Duration> untilHalf(int link) {
    long soonest = Long.MAX_VALUE;
    for (Lease.Key key : keys(link)) {
      Held one = held.get(key);
      Instant expires = one == null ? null : one.lease().expires();
      if (expires != null) {
        soonest = Math.min(soonest, Duration.between(Instant.now(), expires).toMillis());
      }
    }
    if (soonest == Long.MAX_VALUE || soonest <= 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(Math.max(LEAST_WAIT.toMillis(), soonest / 2)));
  }

  /** What the leases of a link are now. */
  List<Lease> look(Path file, States states, Description description) {
    LeaseClock clock;
    try {
      clock = LeaseClock.read();
    } catch (IOException | NumberFormatException e) {
      tally.failed();
      LOG.log(System.Logger.Level.WARNING, "the time since the start of the host: {0}", e);
      clock = new LeaseClock(Instant.now(), 0);
    }
    int link = description.index();
    boolean keep = states.settling() && System.nanoTime() - patientUntil < 0;
    List<Lease> now = new ArrayList<>();
    take(key(link, false), four(file, description, clock), keep, now);
    take(key(link, true), six(description, clock), keep, now);
    return now;
  }

  private void take(Lease.Key key, @Nullable Held seen, boolean keep, List<Lease> now) {
    Held old = held.get(key);
    if (seen == null && keep && old != null) {
      now.add(old.lease());
    } else if (seen == null) {
      held.remove(key);
    } else {
      Held told = old == null ? seen : settled(old, seen);
      held.put(key, told);
      now.add(told.lease());
    }
  }

  /** The new one, with the times of the old one when they are meant to be the same. */
  private static Held settled(Held old, Held seen) {
    if (!seen.lease().grantsTheSameAs(old.lease())
        || old.until().isEmpty()
        || seen.until().isEmpty()) {
      return seen;
    }
    boolean late = old.exact() && !seen.exact();
    boolean corrected = !old.exact() && seen.exact();
    long same = corrected ? Math.max(SAME_MICROS, quarter(seen.lease())) : SAME_MICROS;
    if (!late && Math.abs(seen.until().getAsLong() - old.until().getAsLong()) >= same) {
      return seen;
    }
    return new Held(
        timed(seen.lease(), old.lease().renewed(), old.lease().expires()),
        corrected ? seen.until() : old.until(),
        old.exact() || seen.exact());
  }

  /**
   * In microseconds. A lease is renewed when half of it is over; what the time of its file is wrong
   * by, because networkd was slow to write it, is less than this.
   */
  private static long quarter(Lease lease) {
    return lease.renewed() == null || lease.expires() == null
        ? 0
        : Duration.between(lease.renewed(), lease.expires()).toMillis() * 1000 / 4;
  }

  private static Lease timed(Lease lease, @Nullable Instant renewed, @Nullable Instant expires) {
    return new Lease(
        lease.link(),
        lease.six(),
        lease.manager(),
        lease.addresses(),
        lease.gateways(),
        lease.nameServers(),
        lease.domains(),
        lease.hostName(),
        lease.mtu(),
        lease.server(),
        renewed,
        expires,
        lease.options());
  }

  private @Nullable Held four(Path path, Description description, LeaseClock clock) {
    LeaseFile file;
    try {
      file = LeaseFile.read(path, tally);
    } catch (NoSuchFileException e) {
      // It went while it was looked at.
      file = null;
    } catch (IOException e) {
      tally.failed();
      LOG.log(System.Logger.Level.WARNING, "reading the lease {0}: {1}", path, e.toString());
      return held.get(key(description.index(), false));
    }
    IpPrefix address = file == null ? null : file.address(tally);
    if (file == null || address == null) {
      return null;
    }
    OptionalLong lifetime = file.lifetime();
    OptionalLong until =
        description.granted().stream()
            .filter(granted -> granted.by().equals(Description.FOUR))
            .filter(granted -> granted.address().address().equals(address.address()))
            .map(Description.Granted::until)
            .filter(OptionalLong::isPresent)
            .findFirst()
            .orElse(OptionalLong.empty());
    boolean exact = until.isPresent();
    if (lifetime.isEmpty()) {
      until = OptionalLong.empty();
    } else if (!exact) {
      until = OptionalLong.of(clock.sinceStart(file.written()) + lifetime.getAsLong() * 1_000_000);
    }
    Instant renewed = null;
    Instant expires = null;
    if (until.isPresent()) {
      expires = clock.timeOfDay(until.getAsLong());
      renewed = expires.minusSeconds(lifetime.orElse(0));
    }
    Lease lease = file.lease(description.index(), renewed, expires, tally);
    return lease == null ? null : new Held(lease, until, exact);
  }

  private static @Nullable Held six(Description description, LeaseClock clock) {
    List<Description.Granted> granted =
        description.granted().stream()
            .filter(one -> one.by().equals(Description.SIX))
            .sorted(java.util.Comparator.comparing(Description.Granted::address))
            .toList();
    if (granted.isEmpty()) {
      return null;
    }
    OptionalLong until =
        granted.stream().map(Description.Granted::until).flatMapToLong(OptionalLong::stream).min();
    Lease lease =
        new Lease(
            description.index(),
            true,
            NetworkdSource.NAME,
            granted.stream().map(Description.Granted::address).toList(),
            List.of(),
            Description.toldBy(Description.SIX, description.nameServers()),
            Description.toldBy(Description.SIX, description.domains()),
            "",
            0,
            granted.getFirst().server(),
            null,
            until.isPresent() ? clock.timeOfDay(until.getAsLong()) : null,
            new TreeMap<>());
    return new Held(lease, until, true);
  }

  private static Lease.Key key(int link, boolean six) {
    return new Lease.Key(link, six, NetworkdSource.NAME);
  }
}
