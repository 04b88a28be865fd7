// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.sys.Arrival;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetlinkAck;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkSocket;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.bpf.BpfLink;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.EbpfAssembler;
import org.sluice.sys.bpf.EbpfRegister;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;

/** Whose program is in the way of an interface, and whose file a map is pinned to. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpAttachmentTest extends WiredXdp {
  private static final int PROG_BY_ID = 13;
  private static final int RTM_SETLINK = 19;
  private static final int PASS = 2;

  private static FrameSpec spec(String attach) {
    return FrameSpec.on("left").matching(Match.udp(1)).option("xdp.attach", attach);
  }

  private FramePort open(FrameSpec spec) throws Exception {
    return wire.inLeft(() -> driver.open(spec));
  }

  private Optional<InterfaceFacts.Xdp> attached() throws Exception {
    return wire.inLeft(
        () -> {
          try (NetworkInterface left = NetworkInterface.open("left")) {
            return left.facts().xdp();
          }
        });
  }

  private int index() throws Exception {
    return wire.inLeft(
        () -> {
          try (NetworkInterface left = NetworkInterface.open("left")) {
            return left.index();
          }
        });
  }

  private static BpfProgram pass() throws Exception {
    return BpfProgram.load(
        "firewall", new EbpfAssembler().move(EbpfRegister.R0, PASS).exit().code(), true);
  }

  /** As {@code ip link set left xdp} does it. */
  private void attach(BpfProgram program, String mode) throws Exception {
    int index = index();
    wire.inLeft(
        () -> {
          try (Arena arena = Arena.ofConfined();
              NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, 65_536)) {
            CallState state = new CallState(arena);
            MemorySegment attributes = arena.allocate(152, 8);
            attributes.set(JAVA_INT, 0, program.id());
            int descriptor = LibcKernel.bpf(state, PROG_BY_ID, attributes);
            assertTrue(descriptor >= 0);
            NetlinkBuilder request = new NetlinkBuilder();
            request.begin(RTM_SETLINK, NetlinkBuilder.REQUEST | NetlinkBuilder.ACK, 1);
            request.u8(0).u8(0).u16(0).u32(index).u32(0).u32(0).beginNested(43);
            request.attributeU32(1, descriptor);
            request.attributeU32(3, mode.equals("generic") ? 2 : 4).endNested().end();
            socket.send(request);
            assertEquals(Arrival.MESSAGES, socket.receive(60_000));
            assertTrue(socket.messages().next());
            assertEquals(0, NetlinkAck.of(socket.messages()).errno());
            Libc.close(state, descriptor);
            return null;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"native,native", "native,generic", "generic,native", "generic,generic"})
  void aProgramOfTheInterfaceIsReplacedOnlyWhenThatIsSaid(String theirs, String ours)
      throws Exception {
    try (BpfProgram program = pass()) {
      attach(program, theirs);
      PortException refused = assertThrows(PortException.class, () -> open(spec(ours)));
      String told =
          theirs + ", program " + program.id() + " \"firewall\", kept by no link, as 'ip link'";
      assertTrue(refused.toString().contains(told), refused::toString);
      assertEquals(program.id(), attached().orElseThrow().id());

      try (FramePort port = open(spec(ours).option("xdp.replace", "true"))) {
        InterfaceFacts.Xdp now = attached().orElseThrow();
        assertEquals(ours, now.mode());
        assertTrue(now.id() != program.id());
        assertTrue(
            port.report().facts().getOrDefault("program", "").contains(told),
            port.report()::toString);
      }
      assertTrue(attached().isEmpty());
    }
  }

  @ParameterizedTest
  @CsvSource({"native,native", "native,generic", "generic,native", "generic,generic"})
  void aProgramOfALinkIsReplacedOnlyWhenThatIsSaid(String theirs, String ours) throws Exception {
    BpfLink.Mode mode = theirs.equals("native") ? BpfLink.Mode.NATIVE : BpfLink.Mode.GENERIC;
    int index = index();
    try (BpfProgram program = pass()) {
      BpfLink held = wire.inLeft(() -> BpfLink.attach(program, "left", index, mode));
      PortException refused = assertThrows(PortException.class, () -> open(spec(ours)));
      String told = theirs + ", program " + program.id() + " \"firewall\", kept by link ";
      assertTrue(refused.toString().contains(told), refused::toString);
      assertEquals(program.id(), attached().orElseThrow().id());

      try (FramePort port = open(spec(ours).option("xdp.replace", "true"))) {
        assertEquals(ours, attached().orElseThrow().mode());
        assertTrue(
            port.report().facts().getOrDefault("program", "").contains(told),
            port.report()::toString);
        // Who held the place before takes nothing away when he goes.
        held.close();
        assertEquals(ours, attached().orElseThrow().mode());
      }
      assertTrue(attached().isEmpty());
    }
  }

  @Test
  void whereNothingIsThereIsNothingToReplace() throws Exception {
    try (FramePort port = open(spec("auto").option("xdp.replace", "true"))) {
      assertFalse(port.report().facts().getOrDefault("program", "").contains("in the place of"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileThatAPortMadeGoesWithIt(boolean refused, @TempDir Path folder) throws Exception {
    Wire.run("mount", "-t", "bpf", "bpf", folder.toString());
    try {
      Path file = folder.resolve("sockets");
      FrameSpec spec = spec("native").option("xdp.pin", file.toString());
      if (refused) {
        try (BpfProgram program = pass()) {
          attach(program, "native");
          assertThrows(PortException.class, () -> open(spec));
        }
      } else {
        try (FramePort port = open(spec)) {
          assertEquals("up", port.report().state());
          try (BpfMap there = BpfMap.open(file)) {
            assertTrue(there.id() > 0);
          }
        }
      }
      assertFalse(Files.exists(file));
    } finally {
      Wire.run("umount", folder.toString());
    }
  }

  @Test
  void aFileThatAPortFoundStays(@TempDir Path folder) throws Exception {
    Wire.run("mount", "-t", "bpf", "bpf", folder.toString());
    try (BpfMap map = BpfMap.create("theirs", BpfMap.Kind.SOCKETS, 4, 1);
        BpfMap other = BpfMap.create("others", BpfMap.Kind.SOCKETS, 4, 1)) {
      Path file = folder.resolve("theirs");
      map.pin(file);
      PortException taken =
          assertThrows(
              PortException.class, () -> open(spec("native").option("xdp.pin", file.toString())));
      assertTrue(taken.toString().contains(file + " exists, and stays"), taken::toString);
      assertTrue(attached().isEmpty());
      open(spec("native").option("xdp.map", file.toString())).close();
      assertTrue(Files.exists(file));

      Path own = folder.resolve("own");
      try (FramePort port = open(spec("native").option("xdp.pin", own.toString()))) {
        assertEquals("up", port.report().state());
        Files.delete(own);
        other.pin(own);
      }
      assertTrue(Files.exists(own), "it is another one by now");
    } finally {
      Wire.run("umount", folder.toString());
    }
  }
}
