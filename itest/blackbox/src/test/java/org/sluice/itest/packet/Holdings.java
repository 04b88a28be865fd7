// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.itest.SluiceProcess;

/**
 * What a process has of the kernel: open files by kind, threads of packets, memory of ports. Two
 * are equal when nothing leaked between them.
 */
record Holdings(Map<String, Integer> files, List<String> threads, int rings, long portKiB) {
  private static final Pattern SIZE = Pattern.compile("(?m)^Size: +(\\d+) kB$");

  static Holdings of(SluiceProcess sluice) throws IOException {
    Path process = Path.of("/proc", Long.toString(sluice.handle().pid()));
    Map<String, Integer> files = new TreeMap<>();
    try (var open = Files.list(process.resolve("fd"))) {
      for (Path file : open.toList()) {
        try {
          String kind = Files.readSymbolicLink(file).toString();
          // Connections come and go with the questions of tests; those of packets are told apart.
          if (kind.startsWith("anon_inode:")) {
            files.merge(kind, 1, Integer::sum);
          } else if (kind.startsWith("socket:") && isPacket(process, kind)) {
            files.merge("packet socket", 1, Integer::sum);
          }
        } catch (IOException e) {
          // It was closed meanwhile.
        }
      }
    }
    List<String> threads =
        sluice.threads().stream().filter(name -> name.startsWith("packet")).toList();
    int rings = 0;
    for (String line : Files.readAllLines(process.resolve("maps"))) {
      if (line.contains("anon_inode:[xdp") || line.endsWith("socket:[xdp]") || isRing(line)) {
        rings++;
      }
    }
    return new Holdings(files, threads, rings, portKiB(Files.readString(process.resolve("smaps"))));
  }

  private static boolean isRing(String line) {
    return line.contains("socket:[");
  }

  /** Whether a socket is one of AF_PACKET or AF_XDP: the tables of its network do not tell all. */
  private static boolean isPacket(Path process, String socket) throws IOException {
    String inode = socket.replaceAll("\\D", "");
    boolean packet =
        Files.readAllLines(process.resolve("net/packet")).stream()
            .anyMatch(line -> line.strip().endsWith(" " + inode));
    return packet || xdp(process, inode);
  }

  /** A socket of AF_XDP is in no table of this network, but has its rings mapped. */
  private static boolean xdp(Path process, String inode) throws IOException {
    return Files.readAllLines(process.resolve("maps")).stream()
        .anyMatch(line -> line.contains("socket:[" + inode + "]"));
  }

  /** Memory that asks for large pages, which nothing does but ports. */
  private static long portKiB(String maps) {
    long sum = 0;
    long size = 0;
    for (String line : maps.split("\n")) {
      Matcher told = SIZE.matcher(line);
      if (told.matches()) {
        size = Long.parseLong(told.group(1));
      } else if (line.startsWith("VmFlags:") && (line + " ").contains(" hg ")) {
        sum += size;
      }
    }
    return sum;
  }
}
