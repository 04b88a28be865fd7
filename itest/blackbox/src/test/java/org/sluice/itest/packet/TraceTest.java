// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.SluiceProcess.Answer;
import org.sluice.itest.net.Namespace;

/** Packets are shown, written to files that others read, and sent. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TraceTest {
  private static final String HERE = "\"packet.interface=near\", \"packet.match=udp port 9000\"";

  /** One datagram to the echo each tenth of a second, until it is killed. */
  private static final String SPEAK =
      """
      import socket, time
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      for i in range(3000):
          s.sendto(b'%d' % i, ('10.99.0.1', 9000))
          time.sleep(0.1)
      """;

  @TempDir Path folder;

  private static SluiceProcess in(Namespace network) throws Exception {
    return SluiceProcess.prepare().under(network.prefix()).launch();
  }

  @Test
  void packetsAreShownAndCaptured() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire.near())) {
      sluice.drop("echo.jar", EngineTest.echo("echo", HERE, ""));
      sluice.awaitTrue(
          "the handler to be called",
          () -> sluice.command("packet:handlers").out().contains("called"));
      Process speaker = wire.far().spawn("/usr/bin/python3", "-c", SPEAK);
      try {
        Answer shown = sluice.command("packet:trace", "near", "--count", "6");
        assertEquals(0, shown.exit(), shown.err());
        assertTrue(
            shown.out().contains("10.99.0.2") && shown.out().contains("10.99.0.1:9000 udp,"),
            shown.out());
        assertTrue(shown.out().contains("in") && shown.out().contains("out"), shown.out());
        Answer hex =
            sluice.command(
                "packet:trace", "near", "-m", "to 10.99.0.1", "-c", "2", "-b", "6", "--json");
        assertTrue(hex.out().contains("\"020000000001\""), hex.out());
        assertTrue(!hex.out().contains("\"out\""), "only questions match: " + hex.out());

        Path file = folder.resolve("echo.pcap");
        Answer captured =
            sluice.command("packet:capture", file.toString(), "near", "--count", "20");
        assertEquals(0, captured.exit(), captured.err());
        assertTrue(captured.out().contains("done"), captured.out());
        String read =
            tshark(
                file, "-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "udp.port");
        assertEquals(20, read.lines().count(), read);
        List<String> sources = read.lines().map(line -> line.split("\t")[1]).sorted().toList();
        assertEquals("10.99.0.1", sources.getFirst(), "answers are in it");
        assertEquals("10.99.0.2", sources.getLast(), "questions are in it");
        assertTrue(
            read.lines().allMatch(line -> line.matches("\\d+\\.\\d{9}\t.*9000.*")),
            "nanoseconds: " + read);

        Answer again = sluice.command("packet:capture", file.toString(), "near", "--count", "1");
        assertEquals(2, again.exit());
        assertTrue(again.err().contains("is there already and is not overwritten"), again.err());

        Answer full = sluice.command("packet:capture", "/dev/full/x.pcap", "near", "-c", "1");
        assertEquals(2, full.exit());
        assertTrue(full.err().contains("cannot write /dev/full/x.pcap"), full.err());
      } finally {
        speaker.destroy();
        speaker.waitFor();
      }
      Answer wrong = sluice.command("packet:trace", "near", "--match", "upd");
      assertEquals(2, wrong.exit());
      assertTrue(wrong.err().contains("'upd' is no match"), wrong.err());
    }
  }

  /** The bound of a file stands for a disk that is full: both make a write fail half way. */
  @Test
  void aDiskThatIsFullEndsTheCaptureAndNotTheTraffic() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire.near())) {
      Path small = Files.createDirectory(folder.resolve("small"));
      // Mounted in the mount namespace of the process, and gone with it.
      run(
          "nsenter",
          "-m",
          "-t",
          Long.toString(sluice.handle().pid()),
          "mount",
          "-t",
          "tmpfs",
          "-o",
          "size=64k",
          "none",
          small.toString());
      sluice.drop("echo.jar", EngineTest.echo("echo", HERE, ""));
      sluice.awaitTrue(
          "the handler to be called",
          () -> sluice.command("packet:handlers").out().contains("called"));
      Process speaker =
          wire.far()
              .spawn(
                  "/usr/bin/python3",
                  "-c",
                  SPEAK.replace("b'%d' % i", "b'x' * 1000").replace("0.1", "0.001"));
      try {
        Answer full =
            sluice.command("packet:capture", small.resolve("full.pcap").toString(), "near");
        assertEquals(1, full.exit(), full.out());
        assertTrue(full.err().contains("No space left on device"), full.err());
        assertTrue(full.err().contains("the traffic goes on"), full.err());
        assertEquals(0, sluice.command("packet:trace", "near", "--count", "4").exit());
      } finally {
        speaker.destroy();
        speaker.waitFor();
      }
    }
  }

  @Test
  void framesAreSent() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire.near())) {
      sluice.awaitTrue(
          "the drivers",
          () -> {
            String drivers = sluice.command("packet:drivers").out();
            return drivers.contains("xdp") && drivers.contains("afpacket");
          });
      String hex = "020000000002 020000000001 88b5 " + "48656c6c6f".repeat(10);
      Answer sent = sluice.command("packet:send", "near", "--hex", hex, "--count", "1000");
      assertEquals(0, sent.exit(), sent.err());
      assertTrue(sent.out().contains("done") && sent.out().contains("1000"), sent.out());
      assertEquals(1000, received(wire, 1000));

      // What was captured elsewhere is sent again.
      Path file = folder.resolve("two.pcap");
      Files.write(file, pcap(2));
      for (String driver : List.of("xdp", "afpacket")) {
        Answer replayed =
            sluice.command(
                "packet:send",
                "near",
                "--pcap",
                file.toString(),
                "-c",
                "5",
                "-r",
                "100",
                "-d",
                driver);
        assertEquals(0, replayed.exit(), replayed.err());
        assertTrue(replayed.out().contains(driver), replayed.out());
      }

      refused(sluice, "either --hex TEXT or --pcap FILE", "near");
      refused(sluice, "Ethernet has 14 or more", "near", "--hex", "0102");
      refused(sluice, "two digits a byte", "near", "--hex", "xyz");
      refused(sluice, "whose MTU is 1500", "near", "--hex", hex + "00".repeat(2000));
      refused(sluice, "see 'link:list'", "nowhere", "--hex", hex);
      Path truncated = folder.resolve("cut.pcap");
      byte[] cut = pcap(2);
      Files.write(truncated, java.util.Arrays.copyOf(cut, cut.length - 1));
      refused(sluice, "it ends within frame 2", "near", "--pcap", truncated.toString());
      Files.write(truncated, "no packets at all, just text".getBytes(StandardCharsets.UTF_8));
      refused(sluice, "no file of packets", "near", "--pcap", truncated.toString());
      wire.near().ip("link set near down");
      refused(sluice, "near is down", "near", "--hex", hex);
      assertEquals("", sluice.command("packet:ports").out().replace("none", "").strip());
    }
  }

  @Test
  void driversAndProbesOverHttp() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = in(wire.near())) {
      wire.near().awaitGet(sluice, "/api/v1/packet/drivers", "\"xdp\"");
      wire.near().awaitGet(sluice, "/api/v1/packet/drivers", "\"afpacket\"");
      String probe = wire.near().get(sluice, "/api/v1/packet/probe/near?match=udp%20port%2053");
      assertTrue(probe.contains("program for 'udp port 53'"), probe);
    }
  }

  private static void refused(SluiceProcess sluice, String why, String... words) {
    String[] command = new String[words.length + 1];
    command[0] = "packet:send";
    System.arraycopy(words, 0, command, 1, words.length);
    Answer answer = sluice.command(command);
    assertEquals(2, answer.exit(), answer.out() + answer.err());
    assertTrue(answer.err().contains(why), answer.err());
  }

  /** Frames that the far end has received; waits until there are so many. */
  private static long received(Wire wire, long wanted) throws Exception {
    long count = 0;
    for (int i = 0; i < 600 && count < wanted; i++) {
      String statistics = wire.far().ip("-s -j link show far");
      count =
          Long.parseLong(
              statistics.replaceAll("(?s).*\"rx\":\\{\"bytes\":\\d+,\"packets\":(\\d+).*", "$1"));
      Thread.sleep(100);
    }
    // Hosts say a few things of themselves when a cable is plugged in.
    return count >= wanted && count < wanted + 50 ? wanted : count;
  }

  private static byte[] pcap(int frames) {
    var bytes = java.nio.ByteBuffer.allocate(24 + frames * (16 + 60));
    bytes.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65_535);
    bytes.putInt(1);
    for (int i = 0; i < frames; i++) {
      bytes.putInt(1_700_000_000).putInt(0).putInt(60).putInt(60);
      byte[] frame = new byte[60];
      frame[0] = 2;
      frame[5] = 2;
      frame[6] = 2;
      frame[11] = 1;
      frame[12] = (byte) 0x88;
      frame[13] = (byte) 0xb5;
      bytes.put(frame);
    }
    return bytes.array();
  }

  private static String tshark(Path file, String... words) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(List.of(words));
    return run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), String.join(" ", command) + "\n" + out);
    return out;
  }
}
