// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes the gap for the name of the host. For one thread. */
final class HostDuty {
  private static final String SUBJECT = "host name";

  private final Book book;
  private final Hostnamed hostnamed;
  private final Strife strife;
  private final Tally tally;

  HostDuty(Book book, Hostnamed hostnamed, Strife strife, Tally tally) {
    this.book = book;
    this.hostnamed = hostnamed;
    this.strife = strife;
    this.tally = tally;
  }

  NamesRow fulfil(Wanted.HostName want) throws IOException, InterruptedException {
    String now = Hostnamed.now();
    Book.@Nullable Host owned = book.host().orElse(null);
    if (now.equals(want.name())) {
      String state = owned == null ? "it is so already, by somebody else" : NamesRow.IN_FORCE;
      return row(want, now, NamesRow.NOTHING, state, "");
    }
    try {
      String fixed = hostnamed.fixed();
      if (!fixed.isEmpty()) {
        if (owned != null) {
          book.host(null);
        }
        return row(
            want,
            now,
            NamesRow.NOTHING,
            "the host is called " + fixed + " in /etc/hostname, which counts for more",
            "");
      }
      boolean lost = owned != null && !now.equals(owned.name());
      if (lost && !strife.mayHeal(SUBJECT)) {
        return row(
            want,
            now,
            NamesRow.SET,
            "somebody else changes it again and again; it is left for a minute",
            "find out who does, and let only one of you name the host");
      }
      book.host(new Book.Host(want.name(), owned == null ? plain(now) : owned.before()));
      hostnamed.set(want.name());
      if (lost) {
        strife.healed(SUBJECT);
        tally.healed();
      } else {
        tally.set();
      }
      return row(want, Hostnamed.now(), NamesRow.NOTHING, NamesRow.IN_FORCE, "");
    } catch (Trouble e) {
      tally.failed();
      return row(want, now, NamesRow.SET, e.text(), e.remedy());
    }
  }

  /** Names are kept in a line of words. */
  private static String plain(String name) {
    return DomainName.domain(name).map(_ -> name).orElse("");
  }

  private static NamesRow row(
      Wanted.HostName want, String now, String plan, String state, String remedy) {
    return new NamesRow(
        want.link(),
        SUBJECT,
        List.of(want.name()),
        List.of(now),
        want.source(),
        plan,
        state,
        remedy);
  }

  /**
   * Gives the host the name it had, unless somebody named it meanwhile.
   *
   * @return null when there is nothing left to tell
   */
  @Nullable NamesRow takeBack(Book.Host owned) throws IOException, InterruptedException {
    String now = Hostnamed.now();
    try {
      if (now.equals(owned.name())) {
        hostnamed.set(owned.before());
        tally.takenBack();
      }
      strife.forget(SUBJECT);
      book.host(null);
      return null;
    } catch (Trouble e) {
      tally.failed();
      return new NamesRow(
          "", SUBJECT, List.of(), List.of(now), "", NamesRow.TAKE_BACK, e.text(), e.remedy());
    }
  }
}
