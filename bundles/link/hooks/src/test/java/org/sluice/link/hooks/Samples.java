// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.OperState;

/** Things that happen to links. */
final class Samples {
  private Samples() {}

  static Link link(int index, String name, boolean up, boolean carrier) {
    EnumSet<LinkFlag> flags = EnumSet.noneOf(LinkFlag.class);
    if (up) {
      flags.add(LinkFlag.UP);
    }
    return new Link(
        index,
        name,
        "veth",
        "02:00:00:00:00:01",
        "",
        1500,
        flags,
        carrier ? OperState.UP : OperState.DOWN,
        carrier,
        0,
        0,
        List.of());
  }

  static Happening happening(long number, Happening.Kind kind, Link link, String subject) {
    return new Happening(number, Instant.EPOCH, kind, "kernel", false, link, subject, link);
  }

  /** Of the link with this index, for its own word alone. */
  static Occasion occasion(long number, Happening.Kind kind, int index, String subject) {
    Happening from = happening(number, kind, link(index, "eth" + index, true, true), subject);
    return Occasion.of(from, kind.word(), "", "", Set.of(Occasion.Aspect.HAPPENING));
  }

  static LinkSnapshot picture(Link... links) {
    return new LinkSnapshot(
        1,
        Instant.EPOCH,
        List.of(links),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
