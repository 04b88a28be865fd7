// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.host.api.Spelling;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.rings.RingPort;
import org.sluice.packet.xdp.XdpDriver;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.bpf.BpfLink;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.EbpfAssembler;
import org.sluice.sys.bpf.EbpfRegister;

/** A port of an ordinary user, who has the rights that the documentation names and no others. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpPrivilegeTest {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final int PASS = 2;
  private static final int QUEUE = 16;

  private Wire wire;

  @BeforeEach
  void lay() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(SETPRIV), "needs setpriv");
    wire = new Wire();
  }

  @AfterEach
  void takeAway() throws Exception {
    if (wire != null) {
      wire.close();
    }
  }

  /** What the program says, which is sent datagrams as soon as it listens, until it has one. */
  private List<String> run(String capabilities, String... words) throws Exception {
    String code =
        Stream.of(
                OrdinaryUser.class,
                XdpDriver.class,
                RingPort.class,
                FramePort.class,
                NetworkInterface.class,
                Spelling.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .distinct()
            .collect(Collectors.joining(":"));
    assumeTrue(
        Wire.run("setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", readable(code))
            .contains("all"),
        "an ordinary user cannot read " + code);
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                wire.left,
                SETPRIV.toString(),
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--inh-caps=-all," + capabilities,
                "--ambient-caps=-all," + capabilities,
                "--bounding-set=-all," + capabilities,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx128m",
                "-cp",
                code,
                OrdinaryUser.class.getName(),
                "left"));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> said = new ArrayList<>();
    try (DatagramChannel kernel = wire.inRight(DatagramChannel::open);
        BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        said.add(line);
        if (line.startsWith("open ")) {
          kernel.send(
              ByteBuffer.wrap(new byte[] {1, 2, 3, 77}),
              new InetSocketAddress(InetAddress.ofLiteral("10.77.0.1"), 9000));
        }
      }
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), said::toString);
    } finally {
      process.destroyForcibly();
    }
    return said;
  }

  private static String readable(String code) {
    return Stream.of(code.split(":"))
        .map(file -> "test -r '" + file + "'")
        .collect(Collectors.joining(" && ", "", " && echo all || echo some"));
  }

  private static boolean has(List<String> said, String... parts) {
    return said.stream().anyMatch(line -> Stream.of(parts).allMatch(line::contains));
  }

  @Test
  void theRightsOfTheDocumentationAreEnough() throws Exception {
    // So that the first packet of IP is the datagram.
    Wire.run("ip", "netns", "exec", wire.right, "ping", "-c", "1", "-W", "20", "10.77.0.1");
    for (String match :
        List.of(
            "ethertype 0x0800",
            "udp port 9000",
            "to 10.77.0.1 port 9000 or tcp port 80 or group ff02::77 port 5004")) {
      List<String> said = run("+net_raw,+net_admin,+bpf", match);
      assertTrue(has(said, "user 65534, [CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF]"), said::toString);
      assertTrue(has(said, "finding program for '", "' YES: verified"), said::toString);
      assertTrue(has(said, "probe true"), said::toString);
      assertTrue(has(said, "open native"), said::toString);
      assertTrue(has(said, "received 77"), said::toString);
      assertTrue(has(said, "sent 1"), said::toString);
    }
  }

  @Test
  void whatIsMissingIsTold() throws Exception {
    for (String[] one :
        new String[][] {
          {"+net_raw,+net_admin", "CAP_BPF"},
          {"+net_raw,+bpf", "CAP_NET_ADMIN"},
          {"+net_admin,+bpf", "CAP_NET_RAW"}
        }) {
      List<String> said = run(one[0], "arp");
      assertTrue(has(said, "probe false: privileges: ", one[1]), said::toString);
      assertTrue(
          has(said, "finding privileges NO", "AmbientCapabilities=" + one[1]), said::toString);
      assertTrue(has(said, "refused: ", "EPERM", "it takes CAP_NET_ADMIN"), said::toString);
    }
  }

  @Test
  void withTheMapOfSomebodyElseOneRightIsEnough(@TempDir Path folder) throws Exception {
    Wire.run("mount", "-t", "bpf", "bpf", folder.toString());
    try (BpfMap map = BpfMap.create("theirs", BpfMap.Kind.SOCKETS, 4, 1);
        BpfProgram program =
            BpfProgram.load(
                "theirs",
                new EbpfAssembler()
                    .load(EbpfAssembler.Width.WORD, EbpfRegister.R2, EbpfRegister.R1, QUEUE)
                    .map(EbpfRegister.R1, map)
                    .move(EbpfRegister.R3, PASS)
                    .call(EbpfAssembler.Function.REDIRECT_MAP)
                    .exit()
                    .code(),
                true)) {
      Path file = folder.resolve("sockets");
      List<String> early = run("+net_raw", "udp port 9000", file.toString());
      assertTrue(has(early, "finding map " + file + " NO", "must run first"), early::toString);
      map.pin(file);
      List<String> closed = run("+net_raw", "udp port 9000", file.toString());
      assertTrue(has(closed, "probe false: map " + file, "EACCES"), closed::toString);
      assertTrue(has(closed, "finding map", "read and write the file"), closed::toString);
      assertTrue(has(closed, "refused: "), closed::toString);

      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
      int index =
          wire.inLeft(
              () -> {
                try (NetworkInterface left = NetworkInterface.open("left")) {
                  return left.index();
                }
              });
      // The neighbour is asked for before all frames go to the port.
      Wire.run("ip", "netns", "exec", wire.right, "ping", "-c", "1", "-W", "20", "10.77.0.1");
      try (BpfLink held =
          wire.inLeft(() -> BpfLink.attach(program, "left", index, BpfLink.Mode.NATIVE))) {
        List<String> said = run("+net_raw", "udp port 9000", file.toString());
        assertTrue(has(said, "user 65534, [CAP_NET_RAW]"), said::toString);
        assertTrue(has(said, "finding privileges YES"), said::toString);
        assertTrue(has(said, "probe true"), said::toString);
        assertTrue(has(said, "open by another program, copied"), said::toString);
        assertTrue(has(said, "received "), said::toString);
        assertTrue(has(said, "sent 1"), said::toString);
        assertFalse(has(said, "no other program"), said::toString);
        assertNotNull(held);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      Wire.run("umount", folder.toString());
    }
  }
}
