// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.HookHome;
import org.sluice.itest.net.Namespace;

/** Each number that docs/observing.md lists beside one of netevd's moves when it should. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LinkMetricsTest {

  private static Map<String, Double> read(Namespace namespace, SluiceProcess sluice)
      throws Exception {
    Map<String, Double> all = new TreeMap<>();
    namespace
        .get(sluice, "/metrics")
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              all.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
    return all;
  }

  private static double of(Map<String, Double> all, String name) {
    return all.getOrDefault(name, 0.0);
  }

  @Test
  void everyNumberMoves() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.hook("address-added.d/fails", "exit 3");
      home.launch();
      Namespace namespace = home.namespace();
      SluiceProcess sluice = home.sluice();
      namespace.awaitGet(sluice, "/metrics", "sluice_link_links 3");
      awaitHappenings(namespace, sluice);
      // A source that takes longer than a second is left out of an answer.
      for (String name :
          List.of(
              "sluice_link_kernel_failures_total",
              "sluice_link_kernel_overruns_total",
              "sluice_link_networkd_reads_total",
              "sluice_link_networkd_failures_total",
              "sluice_link_networkmanager_reads_total",
              "sluice_link_networkmanager_failures_total",
              "sluice_link_policy_rules",
              "sluice_link_policy_routes",
              "sluice_link_policy_failures_total",
              "sluice_hooks_superseded_total",
              "sluice_hooks_suppressed_total")) {
        namespace.awaitGet(sluice, "/metrics", "\n" + name + " ");
      }
      Map<String, Double> before = read(namespace, sluice);
      namespace.ip("link set right up");
      namespace.ip("link set left up");
      namespace.ip("addr add 10.9.0.1/24 dev left");
      namespace.ip("rule add from 10.9.0.1 lookup 900 priority 900");
      namespace.ip("link set right down");
      namespace.ip("link add extra type veth peer extrb");
      for (String name :
          List.of(
              "sluice_uptime_seconds",
              "sluice_link_links",
              "sluice_link_addresses",
              "sluice_link_routes",
              "sluice_link_rules",
              "sluice_link_events_total{event=\"address-added\"}",
              happened("address-added", "left"),
              happened("carrier", "left"),
              happened("no-carrier", "left"),
              "sluice_link_happening_delay_seconds_count{kind=\"address-added\"}",
              "sluice_link_kernel_messages_total",
              "sluice_link_kernel_messages_by_type_total{type=\"new-link\"}",
              "sluice_link_kernel_messages_by_type_total{type=\"new-address\"}",
              "sluice_link_kernel_messages_by_type_total{type=\"new-rule\"}",
              "sluice_hooks_executions_total{hook=\"address-added.d/fails\",event=\"address-added\"}",
              "sluice_hooks_duration_seconds_count{hook=\"address-added.d/fails\"}",
              "sluice_hooks_failures_total{hook=\"address-added.d/fails\",exit_code=\"3\"}",
              "sluice_hooks_delay_seconds_count")) {
        sluice.awaitTrue(
            name + " to rise from " + of(before, name),
            () -> of(read(namespace, sluice), name) > of(before, name));
      }
      assertEquals(
          1,
          before.keySet().stream().filter(name -> name.startsWith("sluice_info{version=")).count());
    }
  }

  /** Until then what is there is the beginning, and no more is told of how it came about. */
  private static void awaitHappenings(Namespace namespace, SluiceProcess sluice) throws Exception {
    namespace.awaitGet(sluice, "/metrics", "sluice_link_happenings_total{kind=\"link-added\"} 3\n");
  }

  private static String happened(String kind, String link) {
    return "sluice_link_happenings_by_link_total{kind=\"%s\",link=\"%s\",source=\"kernel\"}"
        .formatted(kind, link);
  }

  @Test
  void linksWithoutNumberMakeNoSeriesWithoutNumber() throws Exception {
    try (HookHome home = HookHome.prepare()) {
      home.launch();
      Namespace namespace = home.namespace();
      SluiceProcess sluice = home.sluice();
      awaitHappenings(namespace, sluice);
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 700; i++) {
        lines.add("link add churn%d type bridge".formatted(i));
        lines.add("link del churn" + i);
      }
      namespace.batch(lines);
      String others =
          "sluice_link_happenings_by_link_total{kind=\"link-removed\",link=\"others\",source=\"others\"}";
      sluice.awaitTrue(
          "the links that have no series of their own",
          () -> of(read(namespace, sluice), others) > 0);
      Map<String, Double> all =
          sluice.await(
              "all links",
              () -> {
                Map<String, Double> now = read(namespace, sluice);
                return of(now, "sluice_link_happenings_total{kind=\"link-removed\"}") == 700
                    ? now
                    : null;
              });
      long series =
          all.keySet().stream()
              .filter(name -> name.startsWith("sluice_link_happenings_by_link_total"))
              .count();
      assertTrue(series <= 1100, () -> series + " series");
      assertEquals(
          700.0,
          all.entrySet().stream()
              .filter(
                  e ->
                      e.getKey()
                          .startsWith("sluice_link_happenings_by_link_total{kind=\"link-removed\""))
              .mapToDouble(Map.Entry::getValue)
              .sum(),
          "none is lost");
    }
  }
}
