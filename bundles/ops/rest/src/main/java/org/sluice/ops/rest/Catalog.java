// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sluice.ops.api.EventFeed;
import org.sluice.ops.api.Resource;

/** What is offered under {@code /api/v1}, and by whom. */
@Component(service = Catalog.class)
public final class Catalog {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");

  private final Map<ServiceReference<?>, Offer> offers = new ConcurrentSkipListMap<>();
  private final Set<Consumer<EventFeed>> mourners = ConcurrentHashMap.newKeySet();

  /** An offer, and the values of the variables in the path that was asked for. */
  record Match(Offer offer, Map<String, String> values) {}

  @Reference(
      service = Resource.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindResource(Resource resource, ServiceReference<Resource> reference) {
    String owner = owner(reference);
    try {
      Route route = Route.of(resource.path());
      add(
          reference,
          new Offer.OfResource(
              route, String.valueOf(resource.summary()), owner, resource, new AtomicInteger()));
    } catch (RuntimeException e) {
      refuse(owner, e);
    }
  }

  void unbindResource(ServiceReference<Resource> reference) {
    offers.remove(reference);
  }

  @Reference(
      service = EventFeed.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindFeed(EventFeed feed, ServiceReference<EventFeed> reference) {
    String owner = owner(reference);
    try {
      Route route = Route.of(feed.path());
      add(reference, new Offer.OfFeed(route, String.valueOf(feed.summary()), owner, feed));
    } catch (RuntimeException e) {
      refuse(owner, e);
    }
  }

  void unbindFeed(EventFeed feed, ServiceReference<EventFeed> reference) {
    offers.remove(reference);
    mourners.forEach(mourner -> mourner.accept(feed));
  }

  private static String owner(ServiceReference<?> reference) {
    return String.valueOf(reference.getBundle().getSymbolicName());
  }

  private void add(ServiceReference<?> reference, Offer offer) {
    if (offer.route().path().equals("openapi.json")) {
      throw new IllegalArgumentException("the path openapi.json is taken");
    }
    offers.values().stream()
        .filter(other -> place(other).equals(place(offer)))
        .findFirst()
        .ifPresent(
            other ->
                LOG.log(
                    System.Logger.Level.WARNING,
                    "two bundles offer the same path; the one with the higher service ranking is"
                        + " asked, else the older path={0} bundle={1} other={2}",
                    offer.route().path(),
                    offer.owner(),
                    other.owner()));
    offers.put(reference, offer);
  }

  private static void refuse(String owner, RuntimeException why) {
    LOG.log(
        System.Logger.Level.ERROR,
        "a resource is not offered, tell the maker of its bundle bundle=" + owner,
        why);
  }

  /** A path has room for one resource and one stream. */
  private static String place(Offer offer) {
    return offer.route().shape() + (offer instanceof Offer.OfFeed ? " stream" : "");
  }

  /** By path; of two for the same place the one that is asked. */
  List<Offer> offers() {
    Map<String, Offer> first = new java.util.TreeMap<>();
    inOrder().forEach(offer -> first.putIfAbsent(place(offer), offer));
    return first.values().stream()
        .sorted(java.util.Comparator.comparing(offer -> offer.route().path()))
        .toList();
  }

  /**
   * @param stream whether a stream is wanted where a path has both
   */
  Optional<Match> match(String path, boolean stream) {
    return offers().stream()
        .sorted(
            java.util.Comparator.comparing(Offer::route)
                .thenComparing(offer -> offer instanceof Offer.OfFeed != stream))
        .flatMap(
            offer -> offer.route().match(path).map(values -> new Match(offer, values)).stream())
        .findFirst();
  }

  /**
   * Tells when a feed is no longer offered.
   *
   * @return ends the telling
   */
  Runnable whenGone(Consumer<EventFeed> told) {
    mourners.add(told);
    return () -> mourners.remove(told);
  }

  /** Whether it is still offered. */
  boolean offers(EventFeed feed) {
    return offers.values().stream()
        .anyMatch(offer -> offer instanceof Offer.OfFeed of && of.feed().equals(feed));
  }

  /** The higher the ranking of the service the earlier, then the older. */
  private Stream<Offer> inOrder() {
    return offers.entrySet().stream()
        .sorted((a, b) -> b.getKey().compareTo(a.getKey()))
        .map(Map.Entry::getValue);
  }
}
