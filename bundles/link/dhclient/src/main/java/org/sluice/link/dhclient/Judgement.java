// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Management;
import org.sluice.link.api.Management.Reach;
import org.sluice.link.api.Management.Stage;

/**
 * Makes facts of the evidence.
 *
 * <p>A lease counts from when its address is on the link until it ends, however it ends. The
 * address is what tells a lease in use from one that a dhclient of yesterday left in its file, or
 * that its hook wrote down of a link which has gone since. Afterwards it is no more asked for: who
 * takes the address away takes nothing back that was granted.
 *
 * <p>For one thread.
 */
final class Judgement {
  /** Long enough for a dhclient to be restarted without anybody being told of lost leases. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** The hook is called a moment before the lease file is written, or after it. */
  private static final Duration TOGETHER = Duration.ofSeconds(2);

  /** How long to wait before the kernel is asked for an address again. */
  private static final Duration AGAIN = Duration.ofMillis(500);

  private final Links links;
  private final Map<Slot, Standing> standings = new HashMap<>();

  Judgement(Links links) {
    this.links = links;
  }

  /** What has to be remembered of a slot. */
  private static final class Standing {
    private final int link;

    /** Whether the address was on the link since the lease began. */
    private boolean inUse;

    private boolean served;

    /** Since when nobody looks after it. */
    private @Nullable Instant left;

    Standing(int link) {
      this.link = link;
    }
  }

  /** What is believed of a slot. */
  private record Belief(Stand stand, @Nullable Grant grant) {}

  /** What is told of a slot. */
  private record Told(Slot slot, Belief belief, String configuration) {
    Stage stage() {
      return belief.stand().stage();
    }

    String word() {
      return belief.stand().word() + (slot.six() ? "6" : "");
    }

    boolean bound() {
      return belief.stand() == Stand.BOUND;
    }
  }

  Verdict judge(Evidence evidence, Instant now) {
    var round = new Round(evidence, now);
    Set<Slot> slots = new HashSet<>(evidence.slots());
    standings.forEach(
        (slot, standing) -> {
          if (standing.served) {
            slots.add(slot);
          }
        });
    slots.stream()
        .sorted(java.util.Comparator.comparing(Slot::link).thenComparing(Slot::six))
        .forEach(round::judge);
    standings.keySet().retainAll(slots);
    return round.verdict();
  }

  private final class Round {
    private final Evidence evidence;
    private final Instant now;
    private final Map<Integer, List<Told>> byLink = new TreeMap<>();
    private final List<String> lost = new ArrayList<>();
    private @Nullable Instant next;

    Round(Evidence evidence, Instant now) {
      this.evidence = evidence;
      this.now = now;
    }

    private void nextAt(@Nullable Instant at) {
      if (at != null && (next == null || at.isBefore(next))) {
        next = at;
      }
    }

    void judge(Slot slot) {
      OptionalInt index = links.index(slot.link());
      if (index.isEmpty()) {
        standings.remove(slot);
        return;
      }
      Standing standing = standings.get(slot);
      if (standing == null || standing.link != index.getAsInt()) {
        standing = new Standing(index.getAsInt());
        standings.put(slot, standing);
      }
      Belief belief = inUse(standing, believed(slot));
      if (present(slot, standing, belief)) {
        String configuration = evidence.client(slot).map(Client::configuration).orElse("");
        byLink
            .computeIfAbsent(standing.link, link -> new ArrayList<>())
            .add(new Told(slot, belief, configuration));
        if (belief.stand() == Stand.BOUND && belief.grant() != null) {
          nextAt(belief.grant().nextEnd(now));
        }
      }
    }

    /** The hook first, for it speaks first; the file where it knows more or later. */
    private Belief believed(Slot slot) {
      HookRecord hook = evidence.hooks().get(slot);
      Optional<LeaseFile> file = evidence.file(slot);
      Grant written = file.map(f -> f.leases().get(slot)).orElse(null);
      boolean lasts = written != null && written.lasts(now);
      if (hook == null) {
        return lasts ? new Belief(Stand.BOUND, written) : new Belief(Stand.INIT, null);
      }
      boolean later = file.isPresent() && file.get().written().isAfter(hook.at().plus(TOGETHER));
      Grant said = hook.grant();
      return switch (hook.stand()) {
        case BOUND -> {
          boolean fuller =
              lasts
                  && written != null
                  && (said == null
                      || (slot.six() && written.addresses().containsAll(said.addresses()))
                      || (later && written.outlasts(said, now)));
          Grant better = fuller ? written : said;
          yield better != null && better.lasts(now)
              ? new Belief(Stand.BOUND, better)
              : new Belief(Stand.EXPIRED, null);
        }
        // Of several addresses it may be one that expired.
        case EXPIRED ->
            lasts && (slot.six() || later)
                ? new Belief(Stand.BOUND, written)
                : new Belief(Stand.EXPIRED, null);
        default ->
            lasts && later ? new Belief(Stand.BOUND, written) : new Belief(hook.stand(), null);
      };
    }

    private Belief inUse(Standing standing, Belief belief) {
      Grant grant = belief.grant();
      if (belief.stand() != Stand.BOUND || grant == null) {
        standing.inUse = false;
        return belief;
      }
      if (!standing.inUse) {
        List<IpAddress> addresses = grant.addresses();
        standing.inUse =
            addresses.isEmpty()
                || addresses.stream().anyMatch(address -> links.has(standing.link, address));
      }
      if (standing.inUse) {
        return belief;
      }
      nextAt(now.plus(AGAIN));
      return new Belief(Stand.INIT, null);
    }

    /** Whether anything is told of it: somebody looks after it, or did a moment ago. */
    private boolean present(Slot slot, Standing standing, Belief belief) {
      if (!evidence.whole()) {
        boolean heard = evidence.hooks().containsKey(slot) && !belief.stand().givenUp();
        return heard || belief.stand() == Stand.BOUND;
      }
      if (evidence.client(slot).isPresent()) {
        standing.served = true;
        standing.left = null;
        return true;
      }
      if (!standing.served || belief.stand().givenUp()) {
        standing.served = false;
        return false;
      }
      Instant left = standing.left == null ? now : standing.left;
      standing.left = left;
      Instant end = left.plus(GRACE);
      if (!now.isBefore(end)) {
        standing.served = false;
        standing.inUse = false;
        return false;
      }
      lost.add("the dhclient that looked after " + slot.link() + " has ended without a word");
      nextAt(end);
      return true;
    }

    Verdict verdict() {
      List<Fact> facts = new ArrayList<>();
      byLink.forEach(
          (link, told) -> {
            List<Lease> leases = new ArrayList<>();
            for (Told one : told) {
              Grant grant = one.belief().grant();
              if (one.bound() && grant != null) {
                leases.add(grant.lease(one.slot(), link, now));
              }
            }
            facts.addAll(leases);
            facts.add(management(link, told, leases));
          });
      return new Verdict(facts, lost.stream().distinct().toList(), next);
    }
  }

  private static Management management(int link, List<Told> told, List<Lease> leases) {
    SequencedSet<IpAddress> nameServers = new LinkedHashSet<>();
    SequencedSet<String> domains = new LinkedHashSet<>();
    for (Lease lease : leases) {
      nameServers.addAll(lease.nameServers());
      domains.addAll(lease.domains());
    }
    return new Management(
        link,
        DhclientSource.NAME,
        stage(told),
        told.stream().map(Told::word).collect(Collectors.joining(" ")),
        "",
        reach(told, leases, false),
        reach(told, leases, true),
        told.stream()
            .map(Told::configuration)
            .filter(c -> !c.isEmpty())
            .distinct()
            .collect(Collectors.joining(" ")),
        List.copyOf(nameServers),
        List.copyOf(domains));
  }

  private static Stage stage(List<Told> told) {
    List<Stage> stages = told.stream().map(Told::stage).toList();
    return stages.contains(Stage.CONFIGURING)
        ? Stage.CONFIGURING
        : stages.contains(Stage.CONFIGURED) ? Stage.CONFIGURED : Stage.WAITING;
  }

  private static Reach reach(List<Told> told, List<Lease> leases, boolean six) {
    if (told.stream().noneMatch(one -> one.slot().six() == six)) {
      return Reach.UNKNOWN;
    }
    return leases.stream().anyMatch(lease -> lease.six() == six && !lease.addresses().isEmpty())
        ? Reach.ROUTABLE
        : Reach.OFF;
  }
}
