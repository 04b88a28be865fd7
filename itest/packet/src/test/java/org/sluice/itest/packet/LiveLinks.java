// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

/** The links of whichever network the calling thread is in, looked at anew at every call. */
final class LiveLinks implements LinkTable {
  private static final Pattern LINK =
      Pattern.compile("^(\\d+): ([^:@]+).* mtu (\\d+) .*link/ether (\\S+)");
  private static final Pattern ADDRESS = Pattern.compile("^(\\d+): .* inet6? (\\S+/\\d+) ");

  private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();

  /** Tells everybody how the links are now. */
  void look() {
    LinkSnapshot now = snapshot();
    listeners.forEach(listener -> listener.picture(now, 0));
  }

  @Override
  public LinkSnapshot snapshot() {
    List<Link> links = new ArrayList<>();
    List<Address> addresses = new ArrayList<>();
    List<Route> routes = new ArrayList<>();
    try {
      // A child begins in the network of the thread that makes it; Java looks in that of the first.
      Wire.run("ip", "-o", "link").lines().forEach(line -> link(line, links));
      Wire.run("ip", "-o", "addr").lines().forEach(line -> address(line, addresses, routes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return new LinkSnapshot(
        1,
        Instant.now(),
        links,
        addresses,
        routes,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private static void link(String line, List<Link> links) {
    Matcher told = LINK.matcher(line);
    if (told.find()) {
      links.add(
          new Link(
              Integer.parseInt(told.group(1)),
              told.group(2),
              "veth",
              told.group(4),
              "",
              Integer.parseInt(told.group(3)),
              EnumSet.of(LinkFlag.UP),
              OperState.UNKNOWN,
              true,
              0,
              0,
              List.of()));
    }
  }

  private static void address(String line, List<Address> addresses, List<Route> routes) {
    Matcher told = ADDRESS.matcher(line);
    if (told.find()) {
      int link = Integer.parseInt(told.group(1));
      IpPrefix prefix = IpPrefix.parse(told.group(2));
      Set<AddressFlag> flags =
          line.contains(" secondary ") ? EnumSet.of(AddressFlag.SECONDARY) : Set.of();
      addresses.add(new Address(link, prefix, null, Scope.GLOBAL, flags, ""));
      List<Route.Hop> hops = List.of(new Route.Hop(link, null, 1));
      routes.add(new Route(prefix.network(), 254, 2, Scope.LINK, "unicast", 0, 0, null, hops));
    }
  }

  @Override
  public List<LinkEvent> history(long after, int limit) {
    return List.of();
  }

  @Override
  public LinkSubscription subscribe(String name, LinkListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public LinkSubscription resume(String name, long after, LinkListener listener) {
    return subscribe(name, listener);
  }
}
