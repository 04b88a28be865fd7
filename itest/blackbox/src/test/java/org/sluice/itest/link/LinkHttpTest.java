// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.json;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** The picture and its events over HTTP, resumed, restarted and with names that would do harm. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LinkHttpTest {

  private static SluiceProcess start(Namespace namespace) throws Exception {
    SluiceProcess sluice = SluiceProcess.prepare().under(namespace.prefix()).launch();
    awaitPicture(namespace, sluice);
    return sluice;
  }

  /** Somebody listens before all is offered, and all is offered before the kernel was read. */
  private static void awaitPicture(Namespace namespace, SluiceProcess sluice) throws Exception {
    namespace.awaitGet(sluice, "/api/v1/links", "\"lo\"");
  }

  private static void changes(Namespace namespace, int from, int to) throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      lines.add("link set left mtu " + (1300 + i % 2));
      lines.add("addr add 10.7.%d.1/32 dev left".formatted(i));
    }
    namespace.batch(lines);
  }

  @Test
  void resourcesAnswer() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      namespace.ip("link add left type veth peer right");
      namespace.ip(new String[] {"link", "add", "name", "$(id)", "type", "bridge"});
      namespace.ip("addr add 10.1.0.1/24 dev left");
      namespace.ip("link set right up");
      namespace.ip("link set left up");
      sluice.awaitTrue(
          "the route", () -> namespace.get(sluice, "/api/v1/routes").contains("10.1.0.0/24"));
      assertEquals(4, items(json(namespace.get(sluice, "/api/v1/links"))).size());
      JsonValue left = json(namespace.get(sluice, "/api/v1/links/left"));
      assertEquals("veth", text(left, "type"));
      assertTrue(
          items(member(left, "addresses")).stream()
              .anyMatch(a -> text(a, "address").equals("10.1.0.1/24")));
      JsonValue odd = json(namespace.get(sluice, "/api/v1/links/%24%28id%29"));
      assertEquals("$(id)", text(odd, "name"));
      assertTrue(namespace.get(sluice, "/api/v1/addresses").contains("10.1.0.1/24"));
      String url = "http://127.0.0.1:" + sluice.port() + "/api/v1/links/none";
      assertEquals(
          "404",
          namespace.exec("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url).strip());
    }
  }

  @Test
  void aClientThatComesBackMissesNothing() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      namespace.ip("link add left type veth peer right");
      List<EventStream.Event> seen;
      try (EventStream stream = new EventStream(sluice, namespace, -1)) {
        sluice.awaitTrue("the picture", () -> !stream.events().isEmpty());
        changes(namespace, 0, 50);
        sluice.awaitTrue("a hundred events", () -> stream.events().size() > 100);
        seen = new ArrayList<>(stream.events());
      }
      assertEquals("snapshot", seen.getFirst().name());
      changes(namespace, 50, 100);
      try (EventStream again = new EventStream(sluice, namespace, seen.getLast().id())) {
        changes(namespace, 100, 150);
        sluice.awaitTrue(
            "the last change",
            () ->
                again.events().stream()
                    .anyMatch(
                        e -> text(member(e.data(), "fact"), "prefix").equals("10.7.149.1/32")));
        assertFalse(again.events().stream().anyMatch(e -> e.name().equals("snapshot")));
        seen.addAll(again.events());
      }
      assertEquals(List.of(), EventStream.gaps(seen));
      assertEquals(
          150,
          seen.stream()
              .filter(e -> e.name().equals("address-added"))
              .filter(e -> text(member(e.data(), "fact"), "prefix").startsWith("10.7."))
              .count(),
          "each address once");
    }
  }

  @Test
  void aNumberFromBeforeACrashIsNotTakenForANewOne() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      namespace.ip("link add left type veth peer right");
      long last;
      try (EventStream stream = new EventStream(sluice, namespace, -1)) {
        sluice.awaitTrue("the picture", () -> !stream.events().isEmpty());
        changes(namespace, 0, 20);
        sluice.awaitTrue("some events", () -> stream.events().size() > 20);
        last = stream.last();
      }
      sluice.kill();
      namespace.ip("link del left");
      sluice.launch();
      awaitPicture(namespace, sluice);
      for (long old : new long[] {last, last - 5, Long.MAX_VALUE}) {
        try (EventStream again = new EventStream(sluice, namespace, old)) {
          sluice.awaitTrue("the picture", () -> !again.events().isEmpty());
          EventStream.Event first = again.events().getFirst();
          assertEquals("snapshot", first.name());
          assertTrue(first.id() > last, () -> first.id() + " is not later than " + last);
          assertEquals(1, items(member(first.data(), "links")).size());
        }
      }
    }
  }

  @Test
  void healthAndMetricsTell() throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = start(namespace)) {
      BundleSwitch bundles = BundleSwitch.in(sluice);
      String well = namespace.get(sluice, "/health");
      assertTrue(well.contains("link.kernel"), well);
      assertTrue(well.contains("link.table"), well);
      namespace.awaitGet(sluice, "/metrics", "\nsluice_link_links 1\n");
      namespace.awaitGet(
          sluice, "/metrics", "\nsluice_link_events_total{event=\"link-added\"} 1\n");
      bundles.off("org.sluice.link.kernel");
      sluice.awaitTrue(
          "health to tell that the source is gone",
          () -> namespace.get(sluice, "/health").contains("source kernel is gone"));
      bundles.on("org.sluice.link.kernel");
      sluice.awaitTrue(
          "health to be well again",
          () -> !namespace.get(sluice, "/health").contains("source kernel is gone"));
    }
  }
}
