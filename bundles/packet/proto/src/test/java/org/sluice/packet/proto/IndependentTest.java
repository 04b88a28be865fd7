// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.Membership;
import org.sluice.packet.proto.NeighbourTable.Route;
import org.sluice.packet.proto.UdpSettings.Reports;

/** What others say about packets made here: tshark, where it is installed. */
class IndependentTest {
  @TempDir Path folder;

  /**
   * One frame, and which checksums it must have: 1 in the column of each, ? if tshark may not see
   * it.
   */
  private record Expected(List<Byte> frame, String checksums) {
    static Expected of(byte[] frame, String checksums) {
      List<Byte> bytes = new ArrayList<>();
      for (byte one : frame) {
        bytes.add(one);
      }
      return new Expected(bytes, checksums);
    }
  }

  @Test
  void everyChecksumIsRight() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "tshark is not installed");
    List<Expected> expected = new ArrayList<>();
    filled(expected);
    sent(expected);
    Path pcap = folder.resolve("packets.pcap");
    write(pcap, expected);
    List<String> told = tshark(pcap);
    assertEquals(expected.size(), told.size());
    int checked = 0;
    for (int i = 0; i < told.size(); i++) {
      byte[] frame = new byte[expected.get(i).frame().size()];
      for (int k = 0; k < frame.length; k++) {
        frame[k] = expected.get(i).frame().get(k);
      }
      String[] wanted = expected.get(i).checksums().split(",", -1);
      String[] found = told.get(i).split(",", -1);
      for (int column = 0; column < wanted.length; column++) {
        // Where it stumbles over options that nobody has defined, tshark looks at nothing behind.
        boolean seen = !wanted[column].equals("?") || !found[column].isEmpty();
        if (seen && !wanted[column].isEmpty()) {
          assertEquals("1", found[column], told.get(i) + ": " + Bytes.hex(frame));
          checked++;
        }
      }
    }
    assertTrue(checked > 5000, "only " + checked + " checksums");
  }

  /** Packets of every shape whose checksums are written by the views. */
  private static void filled(List<Expected> expected) {
    SplittableRandom random = new SplittableRandom(301);
    while (expected.size() < 3000) {
      Crafted crafted = new Crafted(random);
      if (crafted.fragment || crafted.protocol == 47) {
        continue;
      }
      byte[] frame = crafted.frame.clone();
      MemorySegment memory = MemorySegment.ofArray(frame);
      Ipv4 four = new Ipv4();
      Ipv6 six = new Ipv6();
      boolean isFour = crafted.version == 4;
      long at;
      int length;
      if (isFour) {
        four.wrap(memory, crafted.network, frame.length - crafted.network);
        four.checksum(0x1234);
        four.fill();
        at = four.payload();
        length = four.payloadLength();
      } else {
        six.wrap(memory, crafted.network, frame.length - crafted.network);
        at = six.payload();
        length = six.payloadLength();
      }
      String[] checksums = {isFour ? "?" : "", "", "", "", "", ""};
      switch (crafted.protocol) {
        case 17 -> {
          Udp udp = new Udp();
          udp.wrap(memory, at, length);
          udp.checksum(0x1234);
          if (isFour) {
            udp.fill(four);
          } else {
            udp.fill(six);
          }
          checksums[1] = "?";
        }
        case 6 -> {
          Tcp tcp = new Tcp();
          tcp.wrap(memory, at, length);
          tcp.checksum(0x1234);
          if (isFour) {
            tcp.fill(four);
          } else {
            tcp.fill(six);
          }
          checksums[2] = "?";
        }
        case 1 -> {
          Icmp icmp = new Icmp();
          icmp.wrap(memory, at, length);
          icmp.identifier(77);
          icmp.fill();
          checksums[3] = "?";
        }
        case 58 -> {
          Icmp6 icmp6 = new Icmp6();
          icmp6.wrap(memory, at, length);
          icmp6.identifier(77);
          icmp6.fill(six);
          checksums[4] = "?";
        }
        case 2 -> {
          Igmp igmp = new Igmp();
          igmp.wrap(memory, at, length);
          Wire.u16(memory, at + 2, 0x1234);
          igmp.fill();
          checksums[5] = "?";
        }
        default -> {}
      }
      expected.add(Expected.of(frame, String.join(",", checksums)));
    }
  }

  /** What a port of datagrams sends: datagrams, questions, answers and reports. */
  private static void sent(List<Expected> expected) throws Exception {
    FakeFrames frames = new FakeFrames(64, 64);
    NeighbourTable table =
        new NeighbourTable(List.of(Route.onLink("192.0.2.0/24"), Route.onLink("2001:db8::/64")));
    UdpSettings settings =
        UdpSettings.at(0x0200_5e10_0001L, 40_000, "192.0.2.1/24", "2001:db8::1/64", "fe80::1/64")
            .reports(Reports.IGMP3)
            .answering()
            .vlan(5);
    UdpOverFrames port = UdpOverFrames.over(frames, settings, table, () -> 1, 1);
    port.join(new Membership(InetAddress.ofLiteral("239.1.2.3"), "eth0"));
    expect(expected, frames, "1,,,,,1");
    port.join(
        new Membership(
            InetAddress.ofLiteral("ff02::1:3"),
            "eth0",
            Optional.of(InetAddress.ofLiteral("fe80::2"))));
    expect(expected, frames, ",,,,1,");
    DatagramBatch batch = new DatagramBatch(1);
    SplittableRandom random = new SplittableRandom(302);
    table.mac(0, Ip.mapped(0xc000_0202), 1);
    long net = 0x2001_0db8_0000_0000L;
    table.mac(net, 2, 1);
    table.learn(0, Ip.mapped(0xc000_0202), 0x0200_5e10_0002L, Neighbourhood.Evidence.ANSWER, 1);
    for (int i = 0; i < 1000; i++) {
      String[] to = {"192.0.2.2", "239.1.2.3", "ff02::1:3", "2001:db8::2", "192.0.2.255"};
      port.reserve(batch, 1);
      byte[] payload = new byte[random.nextInt(1400)];
      random.nextBytes(payload);
      batch.length(0, payload.length);
      MemorySegment.copy(payload, 0, batch.memory(), JAVA_BYTE, batch.address(0), payload.length);
      batch.remote(0, new InetSocketAddress(InetAddress.ofLiteral(to[i % 5]), 40_001));
      port.send(batch);
      if (i == 3) {
        expect(expected, frames, ",,,,1,");
        table.learn(net, 2, 0x0200_5e10_0002L, Neighbourhood.Evidence.ANSWER, 1);
        frames.left.clear();
      } else {
        for (byte[] frame : frames.left) {
          // Behind the tag; one that has waited may leave later.
          expected.add(Expected.of(frame, frame[16] == 8 ? "1,1,,,," : ",1,,,,"));
        }
        frames.left.clear();
      }
    }
    port.close();
  }

  private static void expect(List<Expected> expected, FakeFrames frames, String checksums) {
    assertEquals(1, frames.left.size());
    expected.add(Expected.of(frames.left.removeFirst(), checksums));
  }

  private static void write(Path pcap, List<Expected> expected) throws IOException {
    int size = 24;
    for (Expected one : expected) {
      size += 16 + one.frame().size();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(0xa1b2_c3d4).putShort((short) 2).putShort((short) 4).putLong(0);
    out.putInt(65_535).putInt(1);
    int second = 0;
    for (Expected one : expected) {
      out.putInt(second++).putInt(0).putInt(one.frame().size()).putInt(one.frame().size());
      one.frame().forEach(out::put);
    }
    Files.write(pcap, out.array());
  }

  private static List<String> tshark(Path pcap) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/bin/tshark", "-r", pcap.toString()));
    command.addAll(List.of("-n", "-T", "fields", "-E", "separator=,", "-E", "occurrence=f"));
    for (String protocol : List.of("ip", "udp", "tcp")) {
      command.addAll(List.of("-o", protocol + ".check_checksum:TRUE"));
    }
    for (String protocol : List.of("ip", "udp", "tcp", "icmp", "icmpv6", "igmp")) {
      command.addAll(List.of("-e", protocol + ".checksum.status"));
    }
    Path errors = Files.createTempFile("tshark", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue(), Files.readString(errors));
      return text.lines().toList();
    } finally {
      process.destroyForcibly();
      Files.delete(errors);
    }
  }
}
