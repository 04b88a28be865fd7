// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.sluice.link.api.Happening;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.Management;
import org.sluice.link.hooks.Occasion.Aspect;

/** Makes occasions of happenings. Keeps what it needs to tell a change of state. For one thread. */
final class Occasions {
  private final Map<Integer, View> views = new HashMap<>();
  private final Function<Link, List<IpPrefix>> addresses;

  /**
   * @param addresses the usable ones of a link, asked when it is seen for the first time: then its
   *     state is right from the beginning, though its addresses are told one by one
   */
  Occasions(Function<Link, List<IpPrefix>> addresses) {
    this.addresses = addresses;
  }

  /** One link. */
  private static final class View {
    private final Set<IpPrefix> addresses;
    private final Map<String, String> setups = new HashMap<>();
    private String state = "";

    private View(List<IpPrefix> addresses) {
      this.addresses = new LinkedHashSet<>(addresses);
    }
  }

  List<Occasion> of(Happening happening) {
    if (happening.link().equals(Link.HOST)) {
      return ofHost(happening);
    }
    View view =
        views.computeIfAbsent(
            happening.link().index(), _ -> new View(addresses.apply(happening.link())));
    String before = view.state;
    String now = state(happening, view);
    if (before.isEmpty() && foretold(happening.kind(), now)) {
      now = before;
    }
    view.state = now;
    String word = happening.kind().word();
    boolean changed = !now.equals(before);
    List<Occasion> all = new ArrayList<>();
    EnumSet<Aspect> aspects = EnumSet.of(Aspect.HAPPENING);
    if (changed && now.equals(word)) {
      aspects.add(Aspect.STATE);
    }
    all.add(Occasion.of(happening, word, now, before, aspects));
    String alias = EventNames.alias(word);
    if (!alias.isEmpty()) {
      all.add(Occasion.of(happening, alias, now, before, EnumSet.of(Aspect.ALIAS)));
    }
    String setup = setup(happening, view);
    if (!setup.isEmpty()) {
      all.add(Occasion.of(happening, setup, now, before, EnumSet.of(Aspect.SETUP)));
    }
    if (changed && !now.equals(word)) {
      all.add(Occasion.of(happening, now, now, before, EnumSet.of(Aspect.STATE)));
    }
    return all;
  }

  /** A link that is up when it comes is told in three steps; the last tells the state. */
  private static boolean foretold(Happening.Kind kind, String state) {
    return (kind == Happening.Kind.LINK_ADDED || kind == Happening.Kind.LINK_UP)
        && (state.equals(Happening.Kind.CARRIER.word())
            || state.equals(Happening.Kind.NO_CARRIER.word()));
  }

  private static List<Occasion> ofHost(Happening happening) {
    List<Occasion> all = new ArrayList<>();
    String word = happening.kind().word();
    all.add(Occasion.of(happening, word, "", "", EnumSet.of(Aspect.HAPPENING)));
    if (word.equals(EventNames.MANAGER_STATE)) {
      all.add(Occasion.of(happening, EventNames.MANAGER, "", "", EnumSet.of(Aspect.ALIAS)));
    }
    return all;
  }

  private String state(Happening happening, View view) {
    switch (happening.kind()) {
      case LINK_REMOVED -> {
        views.remove(happening.link().index());
        return OperationalState.MISSING;
      }
      case ADDRESS_ADDED -> view.addresses.add(IpPrefix.parse(happening.subject()));
      case ADDRESS_REMOVED -> view.addresses.remove(IpPrefix.parse(happening.subject()));
      default -> {
        // The link itself tells the rest.
      }
    }
    return OperationalState.of(happening.link(), view.addresses);
  }

  /** Empty when it is what it was: managers repeat themselves. */
  private static String setup(Happening happening, View view) {
    if (happening.kind() == Happening.Kind.MANAGER_STATE
        && happening.fact() instanceof Management management) {
      String setup = EventNames.setup(management.setup());
      return setup.equals(view.setups.put(management.manager(), setup)) ? "" : setup;
    }
    return "";
  }
}
