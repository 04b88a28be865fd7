// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.sys.Errno;
import org.sluice.sys.NetlinkAck;
import org.sluice.sys.NetlinkBatch;
import org.sluice.sys.NetlinkDump;
import org.sluice.sys.NetlinkSocket;
import org.sluice.sys.SysException;

/**
 * The rules and routes of the kernel: asked for on one socket, changed on another. For one thread,
 * except {@link #port}.
 */
final class Routing implements AutoCloseable {
  private static final int DUMP_ATTEMPTS = 10;
  private static final boolean[] FAMILIES = {false, true};

  private final NetlinkSocket questions;
  private final NetlinkSocket changes;
  private final NetlinkDump dump;
  private final NetlinkBatch batch;

  Routing() throws SysException {
    questions = NetlinkSocket.open(NetlinkSocket.ROUTE, NetlinkBatch.ROOM);
    try {
      changes = NetlinkSocket.open(NetlinkSocket.ROUTE, NetlinkBatch.ROOM);
    } catch (SysException | RuntimeException e) {
      questions.close();
      throw e;
    }
    dump = new NetlinkDump(questions);
    batch = new NetlinkBatch(changes);
  }

  @Override
  public void close() {
    questions.close();
    changes.close();
  }

  /** By which the kernel tells who made a change. */
  int port() {
    return changes.port();
  }

  /** How many calls the changes took so far. */
  long calls() {
    return batch.calls();
  }

  /**
   * Looks at everything that matters.
   *
   * @param links by index, those that are claimed
   * @param tables of the links
   */
  Actual look(int owner, Collection<Integer> links, Collection<Long> tables) throws IOException {
    Set<Owned> owned = new LinkedHashSet<>();
    int strangers = owned(owner, owned);
    Map<Integer, List<KernelRoute>> byLink = new HashMap<>();
    for (int link : links) {
      byLink.put(link, byLink(link));
    }
    Map<Long, List<KernelRoute>> inTables = new HashMap<>();
    for (long table : tables) {
      List<KernelRoute> others =
          inTable(table).stream().filter(route -> route.protocol() != owner).toList();
      if (!others.isEmpty()) {
        inTables.put(table, others);
      }
    }
    return new Actual(Set.copyOf(owned), strangers, Map.copyOf(byLink), Map.copyOf(inTables));
  }

  /**
   * What carries the mark.
   *
   * @return how many things carry it that are of no kind that is made here
   */
  int owned(int owner, Set<Owned> into) throws IOException {
    int strangers = 0;
    for (boolean six : FAMILIES) {
      List<RuleMessage> rules = new ArrayList<>();
      ask(
          words(six) + "rules",
          Rtnetlink.GET_RULE,
          to -> RuleMessage.writeQuestion(to, six),
          rules::clear,
          message -> {
            RuleMessage rule = RuleMessage.decode(message);
            if (rule != null && rule.protocol() == owner) {
              rules.add(rule);
            }
          });
      for (RuleMessage message : rules) {
        OwnedRule rule = message.rule();
        if (rule == null) {
          strangers++;
        } else {
          into.add(rule);
        }
      }
      List<KernelRoute> made =
          routes(
              words(six) + "routes of protocol " + owner,
              to -> RouteMessage.writeQuestionByProtocol(to, six, owner));
      for (KernelRoute route : made) {
        if (route.protocol() == owner) {
          route.owned().ifPresent(into::add);
          strangers += route.owned().isPresent() ? 0 : 1;
        }
      }
    }
    return strangers;
  }

  private List<KernelRoute> byLink(int link) throws IOException {
    List<KernelRoute> all = new ArrayList<>();
    for (boolean six : FAMILIES) {
      all.addAll(
          routes(
              words(six) + "routes by link " + link,
              to -> RouteMessage.writeQuestionByLink(to, six, link)));
    }
    return all.stream().filter(route -> route.hop(link).isPresent()).toList();
  }

  List<KernelRoute> inTable(long table) throws IOException {
    List<KernelRoute> all = new ArrayList<>();
    for (boolean six : FAMILIES) {
      all.addAll(
          routes(
              words(six) + "routes of table " + table,
              to -> RouteMessage.writeQuestionByTable(to, six, table)));
    }
    return all.stream().filter(route -> route.table() == table).toList();
  }

  private List<KernelRoute> routes(String subject, NetlinkDump.Question question)
      throws IOException {
    List<KernelRoute> routes = new ArrayList<>();
    try {
      ask(
          subject,
          Rtnetlink.GET_ROUTE,
          question,
          routes::clear,
          message -> {
            KernelRoute route = RouteMessage.decode(message);
            if (route != null) {
              routes.add(route);
            }
          });
    } catch (SysException e) {
      // A table without a route does not exist, and a link may have gone since it was seen.
      if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENODEV) {
        throw e;
      }
    }
    return routes;
  }

  private void ask(
      String subject,
      int type,
      NetlinkDump.Question question,
      Runnable again,
      NetlinkDump.Reader reader)
      throws IOException {
    NetlinkDump.End end = NetlinkDump.End.INTERRUPTED;
    for (int i = 0; i < DUMP_ATTEMPTS && end == NetlinkDump.End.INTERRUPTED; i++) {
      again.run();
      end = dump.ask(subject, type, question, reader);
    }
    if (end != NetlinkDump.End.WHOLE) {
      throw new SysException(
          subject, "dump", Errno.EAGAIN.number(), "it changed while it was told, again and again");
    }
  }

  private static String words(boolean six) {
    return six ? "IPv6 " : "IPv4 ";
  }

  /**
   * Carries a plan out, in as few calls as it takes.
   *
   * @return an answer for each step, in order
   */
  List<NetlinkAck> apply(List<Step> steps, int owner) throws IOException {
    for (Step step : steps) {
      boolean remove = step.action() == Step.Action.REMOVE;
      switch (step.subject()) {
        case OwnedRule rule ->
            batch.add(
                remove ? Rtnetlink.DEL_RULE : Rtnetlink.NEW_RULE,
                remove ? 0 : flags(step.action()),
                to -> RuleMessage.write(to, rule, owner));
        case OwnedRoute route when remove ->
            batch.add(Rtnetlink.DEL_ROUTE, 0, to -> RouteMessage.writeDelete(to, route, owner));
        case OwnedRoute route ->
            batch.add(
                Rtnetlink.NEW_ROUTE,
                flags(step.action()),
                to -> RouteMessage.writeNew(to, route, owner));
      }
    }
    return batch.send();
  }

  private static int flags(Step.Action action) {
    return Rtnetlink.FLAG_CREATE
        | (action == Step.Action.REPLACE ? Rtnetlink.FLAG_REPLACE : Rtnetlink.FLAG_EXCLUSIVE);
  }
}
