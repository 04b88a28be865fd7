// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;
import org.sluice.sys.Arrival;
import org.sluice.sys.Errno;
import org.sluice.sys.NetlinkDump;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkSocket;
import org.sluice.sys.SysException;

/**
 * What the kernel says, on two sockets: one hears what changes, the other asks for everything.
 *
 * <p>The order is what makes it right. First the groups are joined, then everything is asked for,
 * then what was heard meanwhile is applied, and only then is the picture told: whatever changed
 * after it was dumped has been heard. An answer on the socket that hears would overtake or be
 * overtaken, for the kernel queues notifications and parts of a dump without a lock in common.
 *
 * <p>For one thread, except {@link #close}.
 */
final class KernelView implements AutoCloseable {
  private static final int QUESTION_BUFFER = 1024 * 1024;
  private static final int SKIP_STATISTICS = 1 << 3;
  private static final int IFLA_EXT_MASK = 29;
  private static final int RTA_TABLE = 15;

  /**
   * A dump that never comes out whole while all is in motion is taken as it is, and asked again.
   */
  private static final int DUMP_ATTEMPTS = 10;

  private static final long RETRY_NANOS = 500_000_000L;

  /** Routes that vanished in silence are looked for at most this often. */
  private static final long ROUTES_NANOS = 50_000_000L;

  private static final long OVERDUE_NANOS = 1_000_000_000L;

  /** How many notifications are applied before the picture is told, when they never cease. */
  private static final int CATCH_UP = 50_000;

  private static final int NEVER = -1;

  private final LinkSink sink;
  private final Tally tally;
  private final NetlinkSocket events;
  private final NetlinkSocket questions;
  private final NetlinkDump dump;
  private final Routes routes;
  private final Map<Integer, Link> links = new LinkedHashMap<>();

  /** Addresses, rules and neighbours, only while the picture is made: the table has them later. */
  private final Map<Fact.Key, Fact> others = new LinkedHashMap<>();

  private final Gateways gateways = new Gateways();

  /** While true, what is heard changes the picture here and is not told yet. */
  private boolean catchingUp;

  private boolean routesDoubtful;
  private long routesLookedAt;
  private long lookAgainAt;
  private boolean lookAgain;

  KernelView(LinkSink sink, Tally tally, Routes routes, int receiveBuffer) throws SysException {
    this.sink = sink;
    this.tally = tally;
    this.routes = routes;
    events = NetlinkSocket.open(NetlinkSocket.ROUTE, receiveBuffer);
    try {
      questions = NetlinkSocket.open(NetlinkSocket.ROUTE, QUESTION_BUFFER);
    } catch (SysException | RuntimeException e) {
      events.close();
      throw e;
    }
    dump = new NetlinkDump(questions);
  }

  /** Ends {@link #watch} in whatever it does. */
  @Override
  public void close() {
    events.close();
    questions.close();
  }

  /** Tells the picture and then every change, until closed. */
  void watch() throws IOException {
    events.join(Rtnetlink.GROUP_LINK);
    events.join(Rtnetlink.GROUP_IPV4_ADDRESS);
    events.join(Rtnetlink.GROUP_IPV6_ADDRESS);
    if (routes.scope() != Routes.Scope.NONE) {
      events.join(Rtnetlink.GROUP_IPV4_ROUTE);
      events.join(Rtnetlink.GROUP_IPV6_ROUTE);
      events.join(Rtnetlink.GROUP_NEIGHBOUR);
    }
    events.join(Rtnetlink.GROUP_IPV4_RULE);
    events.join(Rtnetlink.GROUP_IPV6_RULE);
    // The kernel doubles what is asked for, to have room for its own bookkeeping.
    tally.opened(events.receiveBuffer() / 2);
    if (!lookAtEverything()) {
      return;
    }
    while (true) {
      switch (events.receive(patience())) {
        case MESSAGES -> {
          hear();
          if (!overdue()) {
            continue;
          }
        }
        case OVERRUN -> {
          tally.overrun();
          lookAgain = true;
          lookAgainAt = System.nanoTime();
        }
        case TIMEOUT, WOKEN -> {}
        case CLOSED -> {
          return;
        }
      }
      if (due() && !lookAgain()) {
        return;
      }
    }
  }

  private int patience() {
    if (!routesDoubtful && !lookAgain) {
      return NEVER;
    }
    long at = dueAt();
    return (int) Math.max(0, (at - System.nanoTime() + 999_999) / 1_000_000);
  }

  private boolean due() {
    return (routesDoubtful || lookAgain) && patience() == 0;
  }

  /** Looking waits until all that was told is heard, unless that never comes. */
  private boolean overdue() {
    return (routesDoubtful || lookAgain) && System.nanoTime() - dueAt() > OVERDUE_NANOS;
  }

  private long dueAt() {
    return lookAgain ? lookAgainAt : routesLookedAt + ROUTES_NANOS;
  }

  private boolean lookAgain() throws IOException {
    return lookAgain ? lookAtEverything() : lookAtRoutes();
  }

  /** False when it was closed meanwhile. */
  private boolean lookAtEverything() throws IOException {
    boolean whole;
    do {
      links.clear();
      others.clear();
      routes.clear();
      routesDoubtful = false;
      catchingUp = true;
      NetlinkDump.End end = NetlinkDump.End.WHOLE;
      for (Question question : Question.of(routes.scope())) {
        end = worse(end, ask(question));
        if (end == NetlinkDump.End.ABANDONED) {
          return false;
        }
      }
      lookAgain = end == NetlinkDump.End.INTERRUPTED;
      lookAgainAt = System.nanoTime() + RETRY_NANOS;
      whole = catchUp();
    } while (!whole);
    routesLookedAt = System.nanoTime();
    List<Fact> all = new ArrayList<>(links.values());
    all.addAll(routes.kept());
    all.addAll(othersSeen());
    sink.present(EnumSet.allOf(Fact.Kind.class), all);
    catchingUp = false;
    tally.looked(links.size());
    return true;
  }

  /** Of the neighbours only those that some route goes by. */
  private List<Fact> othersSeen() {
    gateways.learn(routes.kept());
    others.keySet().removeIf(key -> key instanceof Neighbour.Key k && !gateways.has(k));
    List<Fact> seen = List.copyOf(others.values());
    others.clear();
    return seen;
  }

  /**
   * IPv4 routes go with their link without a word; and of a gateway that is new nothing was heard
   * yet. False when it was closed meanwhile.
   */
  private boolean lookAtRoutes() throws IOException {
    routesDoubtful = false;
    routes.clear();
    others.clear();
    catchingUp = true;
    NetlinkDump.End end = NetlinkDump.End.WHOLE;
    for (Question question : Question.of(routes.scope())) {
      if (question.type() == Rtnetlink.GET_ROUTE || question.type() == Rtnetlink.GET_NEIGHBOUR) {
        end = worse(end, ask(question));
      }
    }
    catchingUp = false;
    routesLookedAt = System.nanoTime();
    routesDoubtful |= end == NetlinkDump.End.INTERRUPTED;
    if (end == NetlinkDump.End.ABANDONED) {
      return false;
    }
    List<Fact> all = new ArrayList<>(routes.kept());
    all.addAll(othersSeen());
    sink.present(EnumSet.of(Fact.Kind.ROUTE, Fact.Kind.NEIGHBOUR), all);
    tally.lookedAtRoutes();
    return true;
  }

  private static NetlinkDump.End worse(NetlinkDump.End a, NetlinkDump.End b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** What to ask for, in the order in which the answers build on one another. */
  private record Question(String subject, int type, int family, boolean mainTable) {
    static List<Question> of(Routes.Scope routes) {
      List<Question> all = new ArrayList<>();
      all.add(new Question("links", Rtnetlink.GET_LINK, Rtnetlink.UNSPECIFIED, false));
      for (int family : new int[] {Rtnetlink.INET, Rtnetlink.INET6}) {
        String ip = family == Rtnetlink.INET ? "IPv4 " : "IPv6 ";
        all.add(new Question(ip + "addresses", Rtnetlink.GET_ADDRESS, family, false));
        if (routes != Routes.Scope.NONE) {
          boolean main = routes == Routes.Scope.MAIN;
          all.add(new Question(ip + "routes", Rtnetlink.GET_ROUTE, family, main));
          all.add(new Question(ip + "neighbours", Rtnetlink.GET_NEIGHBOUR, family, false));
        }
        all.add(new Question(ip + "rules", Rtnetlink.GET_RULE, family, false));
      }
      return all;
    }

    void write(org.sluice.sys.NetlinkBuilder request) {
      request.u8(family);
      int header =
          switch (type) {
            case Rtnetlink.GET_LINK -> Rtnetlink.LINK_HEADER;
            case Rtnetlink.GET_ADDRESS -> Rtnetlink.ADDRESS_HEADER;
            default -> Rtnetlink.ROUTE_HEADER;
          };
      for (int i = 1; i < header; i++) {
        request.u8(0);
      }
      if (type == Rtnetlink.GET_LINK) {
        request.attributeU32(IFLA_EXT_MASK, SKIP_STATISTICS);
      }
      if (mainTable) {
        request.attributeU32(RTA_TABLE, Rtnetlink.TABLE_MAIN);
      }
    }
  }

  private NetlinkDump.End ask(Question question) throws IOException {
    NetlinkDump.End end = NetlinkDump.End.INTERRUPTED;
    for (int i = 0; i < DUMP_ATTEMPTS && end == NetlinkDump.End.INTERRUPTED; i++) {
      try {
        end = dump.ask(question.subject(), question.type(), question::write, this::take);
      } catch (SysException e) {
        // A namespace that never had a route of the family has no table either.
        if (question.type() != Rtnetlink.GET_ROUTE || e.errno() != Errno.ENOENT) {
          throw e;
        }
        end = NetlinkDump.End.WHOLE;
      }
      if (end == NetlinkDump.End.INTERRUPTED) {
        tally.interrupted();
      }
    }
    return end;
  }

  /** Applies what was heard while asking. False when some of it was lost. */
  private boolean catchUp() throws IOException {
    for (int i = 0; i < CATCH_UP; i++) {
      Arrival arrival = events.receive(0);
      if (arrival == Arrival.OVERRUN) {
        tally.overrun();
        return false;
      }
      if (arrival != Arrival.MESSAGES) {
        return true;
      }
      hear();
    }
    return true;
  }

  private void hear() throws IOException {
    NetlinkMessage message = events.messages();
    while (message.next()) {
      tally.heard(message.type());
      take(message);
    }
  }

  private void take(NetlinkMessage message) throws org.sluice.sys.MalformedMessageException {
    switch (message.type()) {
      case Rtnetlink.NEW_LINK -> {
        Link link = LinkDecoder.decode(message);
        if (link != null) {
          put(link);
        }
      }
      case Rtnetlink.DEL_LINK -> {
        Link link = LinkDecoder.decode(message);
        if (link != null) {
          remove(link);
        }
      }
      case Rtnetlink.NEW_ADDRESS -> {
        Address address = AddressDecoder.decode(message);
        if (address != null) {
          put(address);
        }
      }
      case Rtnetlink.DEL_ADDRESS -> {
        Address address = AddressDecoder.decode(message);
        if (address != null) {
          remove(address);
        }
      }
      case Rtnetlink.NEW_ROUTE -> {
        Route route = RouteDecoder.decode(message);
        if (route != null && routes.wanted(route)) {
          put(route, message.flags());
        }
      }
      case Rtnetlink.DEL_ROUTE -> {
        Route route = RouteDecoder.decode(message);
        if (route != null && routes.wanted(route)) {
          remove(route);
        }
      }
      case Rtnetlink.NEW_NEIGHBOUR -> {
        Neighbour neighbour = NeighbourDecoder.decode(message);
        if (neighbour != null && matters(neighbour)) {
          put(neighbour);
        }
      }
      case Rtnetlink.DEL_NEIGHBOUR -> {
        Neighbour neighbour = NeighbourDecoder.decode(message);
        if (neighbour != null && matters(neighbour)) {
          remove(neighbour.key());
        }
      }
      case Rtnetlink.NEW_RULE -> {
        Rule rule = RuleDecoder.decode(message);
        if (rule != null) {
          put(rule);
        }
      }
      case Rtnetlink.DEL_RULE -> {
        Rule rule = RuleDecoder.decode(message);
        if (rule != null) {
          remove(rule.key());
        }
      }
      default -> {}
    }
  }

  private void put(Fact other) {
    if (catchingUp) {
      others.put(other.key(), other);
    } else {
      sink.put(other);
    }
  }

  private void remove(Fact.Key other) {
    if (catchingUp) {
      others.remove(other);
    } else {
      sink.remove(other);
    }
  }

  /** While the picture is made it is not known yet by whom the routes go. */
  private boolean matters(Neighbour neighbour) {
    return catchingUp || gateways.has(neighbour.key());
  }

  private void put(Link link) {
    Link before = links.put(link.index(), link);
    boolean weaker =
        before != null && ((before.up() && !link.up()) || (before.carrier() && !link.carrier()));
    doubtRoutes(weaker);
    if (!catchingUp) {
      sink.put(link);
    }
  }

  private void remove(Link link) {
    links.remove(link.index());
    doubtRoutes(true);
    if (catchingUp) {
      others.values().removeIf(fact -> fact instanceof Address on && on.link() == link.index());
    } else {
      sink.remove(link.key());
    }
  }

  private void remove(Address address) {
    doubtRoutes(!address.prefix().address().six());
    remove(address.key());
  }

  private void put(Route route, int flags) {
    // What was replaced or extended is not told, only what is there now.
    doubtRoutes(
        (flags & NetlinkMessage.FLAG_REPLACE) != 0
            || ((flags & Rtnetlink.FLAG_APPEND) != 0 && route.destination().address().six()));
    boolean few = !routes.tooMany();
    boolean kept = routes.add(route);
    // The table still has those that were dropped here just now.
    doubtRoutes(few && routes.tooMany());
    if (kept && !catchingUp) {
      sink.put(route);
      doubtRoutes(gateways.learn(route));
    }
  }

  private void remove(Route route) {
    doubtRoutes(!routes.contains(route) && !routes.tooMany());
    routes.remove(route);
    if (!catchingUp) {
      sink.remove(route);
    }
  }

  private void doubtRoutes(boolean doubtful) {
    routesDoubtful |= doubtful && routes.scope() != Routes.Scope.NONE;
  }
}
