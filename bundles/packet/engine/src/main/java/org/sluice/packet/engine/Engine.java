// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PacketHandler;
import org.sluice.packet.api.Ports;

/** Calls the handlers of packets, each on the thread of its queue. */
@Component(service = Engine.class, configurationPid = "org.sluice.packet.engine", immediate = true)
@Designate(ocd = EngineConfig.class)
public final class Engine {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");

  private final Ports ports;
  private final EngineConfig config;
  private final int[] processors;
  private final Map<ServiceReference<PacketHandler>, Post> posts = new LinkedHashMap<>();
  private final Map<ServiceReference<PacketHandler>, String> refused = new LinkedHashMap<>();
  private final Map<ServiceReference<PacketHandler>, Station.Place> places = new HashMap<>();
  private final Map<Station.Place, Station> stations = new LinkedHashMap<>();
  private int made;

  @Activate
  public Engine(@Reference Ports ports, EngineConfig config) {
    this.ports = ports;
    this.config = config;
    processors = Arrays.stream(config.processors()).mapToInt(Integer::parseInt).toArray();
  }

  @Deactivate
  public void stop() {
    List<Station> last;
    synchronized (this) {
      last = List.copyOf(stations.values());
      stations.clear();
    }
    last.forEach(Station::close);
  }

  @Reference(
      service = PacketHandler.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "handlerGone",
      updated = "handlerChanged")
  public void handlerThere(PacketHandler handler, ServiceReference<PacketHandler> reference) {
    try {
      add(reference, place(reference), post(handler, reference));
    } catch (IllegalArgumentException e) {
      refuse(handler, reference, e);
    }
  }

  private Post post(PacketHandler handler, ServiceReference<PacketHandler> reference) {
    return new Post(
        handler,
        handler.getClass().getName(),
        reference.getBundle().getSymbolicName(),
        match(reference),
        Wishes.of(reference),
        reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0,
        (Long) reference.getProperty(Constants.SERVICE_ID),
        config.faults());
  }

  private void refuse(
      PacketHandler handler, ServiceReference<PacketHandler> reference, RuntimeException reason) {
    String why = String.valueOf(reason.getMessage());
    synchronized (this) {
      refused.put(reference, why);
    }
    LOG.log(
        WARNING,
        "handler {0} of {1} is not called: {2}",
        handler.getClass().getName(),
        reference.getBundle().getSymbolicName(),
        why);
  }

  /** When this returns the handler is not called any more. */
  public void handlerGone(PacketHandler handler, ServiceReference<PacketHandler> reference) {
    remove(reference);
  }

  /** The port stays open when the handler stays at it. */
  public void handlerChanged(PacketHandler handler, ServiceReference<PacketHandler> reference) {
    try {
      if (replaced(reference, place(reference), post(handler, reference))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      remove(reference);
      refuse(handler, reference, e);
      return;
    }
    remove(reference);
    handlerThere(handler, reference);
  }

  /** Whether the handler was and is at this place. */
  private boolean replaced(
      ServiceReference<PacketHandler> reference, Station.Place place, Post post) {
    Station station;
    synchronized (this) {
      station = stations.get(place);
      if (station == null || !place.equals(places.get(reference))) {
        return false;
      }
      agree(reference, post, place);
      posts.put(reference, post);
      station.call(at(place));
    }
    station.awaitChange();
    return true;
  }

  /** One port serves them all, so it cannot be two things at once. */
  private void agree(ServiceReference<PacketHandler> reference, Post post, Station.Place place) {
    posts.forEach(
        (other, there) -> {
          if (!other.equals(reference) && place.equals(places.get(other))) {
            Wishes.contradiction(post.asked(), there.asked())
                .ifPresent(
                    why -> {
                      throw new IllegalArgumentException(why);
                    });
          }
        });
  }

  private void add(ServiceReference<PacketHandler> reference, Station.Place place, Post post) {
    synchronized (this) {
      agree(reference, post, place);
      posts.put(reference, post);
      places.put(reference, place);
      Station there = stations.get(place);
      if (there != null) {
        there.call(at(place));
        return;
      }
      Station fresh = new Station(place, manner(made++), ports);
      stations.put(place, fresh);
      fresh.call(at(place));
      fresh.start();
    }
  }

  private void remove(ServiceReference<PacketHandler> reference) {
    Station station;
    boolean last;
    synchronized (this) {
      refused.remove(reference);
      Post gone = posts.remove(reference);
      Station.Place place = places.remove(reference);
      if (gone == null || place == null) {
        return;
      }
      List<Post> left = at(place);
      station = stations.get(place);
      if (station == null) {
        return;
      }
      last = left.isEmpty();
      if (last) {
        stations.remove(place);
      } else {
        station.call(left);
      }
    }
    if (last) {
      station.close();
    } else {
      station.awaitChange();
    }
  }

  private List<Post> at(Station.Place place) {
    return places.entrySet().stream()
        .filter(entry -> entry.getValue().equals(place))
        .map(entry -> posts.get(entry.getKey()))
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  private Station.Manner manner(int number) {
    return new Station.Manner(
        Station.Idle.valueOf(config.idle().toUpperCase(Locale.ROOT)),
        config.spin() * 1000L,
        config.batch(),
        config.gather() * 1000L,
        processors.length == 0 ? -1 : processors[number % processors.length]);
  }

  private static Station.Place place(ServiceReference<PacketHandler> reference) {
    Object link = reference.getProperty(PacketHandler.INTERFACE);
    if (!(link instanceof String name) || name.isBlank()) {
      throw new IllegalArgumentException(
          "its property " + PacketHandler.INTERFACE + " must name an interface, not " + link);
    }
    Object queue = reference.getProperty(PacketHandler.QUEUE);
    Object driver = reference.getProperty(PacketHandler.DRIVER);
    return new Station.Place(
        name.strip(),
        queue == null || String.valueOf(queue).isBlank()
            ? OptionalInt.empty()
            : OptionalInt.of(number(queue)),
        driver == null || String.valueOf(driver).isBlank() ? Ports.AUTO : String.valueOf(driver));
  }

  private static int number(Object queue) {
    try {
      int number = Integer.parseInt(String.valueOf(queue).strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "its property "
            + PacketHandler.QUEUE
            + " must be the number of a queue, counted from 0, not "
            + queue);
  }

  private static Match match(ServiceReference<PacketHandler> reference) {
    Object text = reference.getProperty(PacketHandler.MATCH);
    return text == null || String.valueOf(text).isBlank()
        ? Match.everything()
        : Match.parse(String.valueOf(text));
  }

  /** The stations, and who is called there. */
  synchronized List<Station> stations() {
    return new ArrayList<>(stations.values());
  }

  /** Handlers that are not called since what they ask for makes no sense: class and reason. */
  synchronized Map<String, String> refused() {
    Map<String, String> all = new LinkedHashMap<>();
    refused.forEach((reference, why) -> all.put(reference.getBundle().getSymbolicName(), why));
    return all;
  }
}
