// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;

/** The numbers of ports and handlers. */
@Component(service = MetricSource.class)
public final class PacketFigures implements MetricSource {
  private final OpenPorts open;
  private final Engine engine;

  @Activate
  public PacketFigures(@Reference OpenPorts open, @Reference Engine engine) {
    this.open = open;
    this.engine = engine;
  }

  @Override
  public void collect(Metrics to) {
    for (PortReport report : open.reports()) {
      String[] labels = {"port", report.where(), "driver", report.driver()};
      PortStatistics n = report.statistics();
      counter(to, "received_packets", "Packets that were received.", n.received(), labels);
      counter(to, "received_bytes", "Bytes that were received.", n.receivedBytes(), labels);
      counter(to, "sent_packets", "Packets that were sent.", n.sent(), labels);
      counter(to, "sent_bytes", "Bytes that were sent.", n.sentBytes(), labels);
      counter(to, "wakeups", "System calls made to have packets moved.", n.wakeups(), labels);
      lost(to, "receive_dropped", n.receiveDropped(), report);
      lost(to, "receive_invalid", n.receiveInvalid(), report);
      lost(to, "send_dropped", n.sendDropped(), report);
      lost(to, "send_invalid", n.sendInvalid(), report);
      FrameCensus chunks = report.census();
      chunk(to, "free", chunks.free(), report);
      chunk(to, "fill", chunks.fill(), report);
      chunk(to, "received", chunks.received(), report);
      chunk(to, "held", chunks.held(), report);
      chunk(to, "sending", chunks.sending(), report);
      chunk(to, "completed", chunks.completed(), report);
    }
    for (Station station : engine.stations()) {
      for (Post post : station.posts()) {
        String[] labels = {"handler", post.name(), "place", station.place().toString()};
        to.counter(
            "sluice_packet_handler_frames_total",
            "Frames that a handler was given.",
            (double) post.frames(),
            labels);
        to.counter(
            "sluice_packet_handler_faults_total",
            "Times that a handler failed.",
            (double) post.faults(),
            labels);
      }
    }
  }

  private static void counter(Metrics to, String name, String help, long value, String... labels) {
    to.counter("sluice_packet_port_" + name + "_total", help, (double) value, labels);
  }

  private static void lost(Metrics to, String reason, long value, PortReport report) {
    to.counter(
        "sluice_packet_port_lost_packets_total",
        "Packets that were lost, by reason.",
        (double) value,
        "port",
        report.where(),
        "driver",
        report.driver(),
        "reason",
        reason);
  }

  private static void chunk(Metrics to, String where, int value, PortReport report) {
    to.gauge(
        "sluice_packet_port_chunks",
        "Where the chunks of a port are.",
        value,
        "port",
        report.where(),
        "driver",
        report.driver(),
        "where",
        where);
  }
}
