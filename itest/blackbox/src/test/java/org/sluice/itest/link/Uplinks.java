// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/**
 * A host with two ways out, eth1 and eth2, each to a provider in a network of its own, and a
 * bridge. The default route by eth1 is the better one.
 */
final class Uplinks implements AutoCloseable {
  final Namespace host;
  private final Namespace one;
  private final Namespace two;

  private Uplinks(Namespace host, Namespace one, Namespace two) {
    this.host = host;
    this.one = one;
    this.two = two;
  }

  static Uplinks create() throws Exception {
    Uplinks uplinks = new Uplinks(Namespace.create(), Namespace.create(), Namespace.create());
    uplinks.link(1, uplinks.one);
    uplinks.link(2, uplinks.two);
    return uplinks;
  }

  private void link(int number, Namespace provider) throws Exception {
    host.ip("link add eth%d type veth peer p%d".formatted(number, number));
    host.ip("link set p%d netns %s".formatted(number, provider.name()));
    provider.ip("addr add 10.%d.0.1/24 dev p%d".formatted(number, number));
    provider.ip("addr add 2001:db8:%d::1/64 dev p%d nodad".formatted(number, number));
    provider.ip("link set p%d up".formatted(number));
    host.ip("link set eth%d up".formatted(number));
  }

  /** Addresses on both links. */
  Uplinks addressed() throws Exception {
    for (int i = 1; i <= 2; i++) {
      host.ip("addr add 10.%d.0.2/24 dev eth%d".formatted(i, i));
      host.ip("addr add 2001:db8:%d::2/64 dev eth%d nodad".formatted(i, i));
    }
    return this;
  }

  /** Default routes by both links; those of IPv6 look as if a router had announced them. */
  Uplinks routed() throws Exception {
    for (int i = 1; i <= 2; i++) {
      host.ip("route add default via 10.%d.0.1 dev eth%d metric %d00".formatted(i, i, i));
      host.ip(
          "-6 route add default via fe80::%d dev eth%d proto ra metric %d00".formatted(i, i, i));
    }
    return this;
  }

  Uplinks bridged() throws Exception {
    host.ip("link add br0 type bridge");
    host.ip("link set br0 up");
    host.ip("addr add 172.17.0.1/16 dev br0");
    host.ip("addr add 2001:db8:17::1/64 dev br0 nodad");
    return this;
  }

  /**
   * Waits until the kernel has done all that it does by itself: both links have their own address,
   * some time after they came up, and nobody else has it.
   */
  Uplinks settled() throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!hasItsOwn(host.ip("-6 addr show dev eth1"))
        || !hasItsOwn(host.ip("-6 addr show dev eth2"))
        || host.ip("-6 addr").contains("tentative")) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the links do not settle: " + host.ip("-6 addr"));
      }
      Thread.sleep(50);
    }
    return this;
  }

  private static boolean hasItsOwn(String addresses) {
    return addresses.contains("inet6 fe80:");
  }

  /** What is answered over HTTP, whatever the status; empty when nobody listens yet. */
  String ask(SluiceProcess sluice, String path) throws Exception {
    return host.exec(
        "sh", "-c", "curl -s http://127.0.0.1:%d%s || true".formatted(sluice.port(), path));
  }

  /** Which way a packet would take, in the words of {@code ip route get}. */
  String way(String to, String from) throws Exception {
    String family = to.contains(":") ? "-6 " : "-4 ";
    try {
      return host.ip(family + "route get " + to + " from " + from).lines().findFirst().orElse("");
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Waits until packets take a way; fails with the way they took last. */
  void awaitWay(SluiceProcess sluice, String to, String from, String way) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    String now = way(to, from);
    while (!now.contains(way)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "from %s to %s packets go %s, not %s\n%s\n%s\n%s"
                .formatted(
                    from, to, now, way, state(), sluice.command("policy:show"), sluice.log()));
      }
      Thread.sleep(20);
      now = way(to, from);
    }
  }

  /** All rules and routes of all tables. */
  String state() throws Exception {
    return host.ip("-4 rule")
        + host.ip("-6 rule")
        + host.ip("-4 route show table all")
        + host.ip("-6 route show table all");
  }

  /** Rules and routes that carry the mark. */
  Set<String> owned() throws Exception {
    return state()
        .lines()
        .map(String::strip)
        .filter(line -> line.contains("proto 92"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What {@code policy:show} says of a family of a link; empty when it says nothing. */
  static String shown(SluiceProcess sluice, String link, String family, String column) {
    SluiceProcess.Answer answer = sluice.command("policy:show", "--json");
    if (answer.exit() != 0) {
      return "";
    }
    return Namespace.items(answer.json()).stream()
        .filter(row -> Namespace.text(row, "link").equals(link))
        .filter(row -> Namespace.text(row, "family").equals(family))
        .map(row -> Namespace.text(row, column))
        .findFirst()
        .orElse("");
  }

  @Override
  public void close() throws IOException {
    host.close();
    one.close();
    two.close();
  }
}
