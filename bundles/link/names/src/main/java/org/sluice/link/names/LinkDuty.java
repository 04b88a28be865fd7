// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Link;

/** Closes the gap for one link: compares, writes down, tells resolved. For one thread. */
final class LinkDuty {
  private final Book book;
  private final Resolved resolved;
  private final Strife strife;
  private final Tally tally;

  LinkDuty(Book book, Resolved resolved, Strife strife, Tally tally) {
    this.book = book;
    this.resolved = resolved;
    this.strife = strife;
    this.tally = tally;
  }

  /** Makes what is wanted so. */
  NamesRow fulfil(Wanted.OfLink want) throws IOException, InterruptedException {
    Link link = want.link();
    Servers actual = Servers.NONE;
    try {
      actual = resolved.read(link.index(), link.name());
      Book.@Nullable Entry owned = book.link(link.index()).orElse(null);
      if (owned != null && !owned.mac().equals(link.mac())) {
        // Another link has its index now, and resolved forgot the one that went.
        book.drop(link.index());
        owned = null;
      }
      if (owned == null && !actual.none()) {
        return actual.equals(want.servers())
            ? row(want, actual, NamesRow.NOTHING, "it is so already, by somebody else", "")
            : row(
                want,
                actual,
                NamesRow.NOTHING,
                "somebody else has told resolved something else of it",
                "keep theirs and take the link out of org.sluice.link.names.cfg.json, or give it"
                    + " up: resolvectl revert "
                    + link.name());
      }
      boolean lost = owned != null && !actual.equals(owned.servers());
      if (lost && !strife.mayHeal(link.name())) {
        return row(
            want,
            actual,
            NamesRow.SET,
            "somebody else changes it again and again; it is left for a minute",
            "find out who does, and let only one of you tell resolved of " + link.name());
      }
      if (!actual.equals(want.servers())) {
        book.put(new Book.Entry(link.index(), link.mac(), link.name(), want.servers()));
        resolved.set(link.index(), link.name(), want.servers());
        if (lost) {
          strife.healed(link.name());
          tally.healed();
        } else {
          tally.set();
        }
      }
      return row(want, want.servers(), NamesRow.NOTHING, NamesRow.IN_FORCE, "");
    } catch (Trouble e) {
      if (e.kind() == Trouble.Kind.BUSY) {
        book.drop(link.index());
        return row(
            want,
            actual,
            NamesRow.NOTHING,
            "systemd-networkd manages it, and tells resolved by itself",
            "");
      }
      if (e.kind() == Trouble.Kind.NO_LINK) {
        book.drop(link.index());
        return row(want, actual, NamesRow.SET, "resolved does not know it yet", "");
      }
      tally.failed();
      return row(want, actual, NamesRow.SET, e.text(), e.remedy());
    }
  }

  private static NamesRow row(
      Wanted.OfLink want, Servers actual, String plan, String state, String remedy) {
    return new NamesRow(
        want.link().name(),
        "name servers",
        want.servers().words(),
        actual.words(),
        String.join(", ", want.sources()),
        plan,
        state,
        remedy);
  }

  /**
   * Takes back what nobody wants any more.
   *
   * @return null when there is nothing left to tell
   */
  @Nullable NamesRow takeBack(Book.Entry owned) throws IOException, InterruptedException {
    Servers actual = Servers.NONE;
    try {
      actual = resolved.read(owned.index(), owned.link());
      // Half of it counts: the other half may have been on its way when the process died.
      boolean ours =
          actual.none()
              || actual.addresses().equals(owned.servers().addresses())
              || (actual.addresses().isEmpty()
                  && actual.domains().equals(owned.servers().domains()));
      if (ours) {
        resolved.revert(owned.index(), owned.link());
        tally.takenBack();
      }
      strife.forget(owned.link());
      book.drop(owned.index());
      return null;
    } catch (Trouble e) {
      if (e.kind() == Trouble.Kind.BUSY || e.kind() == Trouble.Kind.NO_LINK) {
        book.drop(owned.index());
        return null;
      }
      tally.failed();
      return new NamesRow(
          owned.link(),
          "name servers",
          List.of(),
          actual.words(),
          "",
          NamesRow.TAKE_BACK,
          e.text(),
          e.remedy());
    }
  }
}
