// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;

/** The socket against the real kernel; reading needs no privilege. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class NetlinkSocketTest {
  private static final int GET_LINK = 18;
  private static final int LINK_HEADER = 16;
  private static final int NAME = 3;

  private static NetlinkSocket open() throws SysException {
    return NetlinkSocket.open(NetlinkSocket.ROUTE, 1 << 20);
  }

  private static void header(NetlinkBuilder request) {
    for (int i = 0; i < LINK_HEADER; i++) {
      request.u8(0);
    }
  }

  @Test
  void dumpsWhatSysfsShows() throws Exception {
    Set<String> names = new TreeSet<>();
    try (NetlinkSocket socket = open()) {
      NetlinkDump.End end =
          new NetlinkDump(socket)
              .ask(
                  "links",
                  GET_LINK,
                  NetlinkSocketTest::header,
                  message -> {
                    NetlinkAttributes attributes = message.attributes(LINK_HEADER);
                    while (attributes.next()) {
                      if (attributes.type() == NAME) {
                        names.add(new String(attributes.text(), StandardCharsets.UTF_8));
                      }
                    }
                  });
      assertEquals(NetlinkDump.End.WHOLE, end);
    }
    assertTrue(names.contains("lo"), names::toString);
    try (var folders = Files.list(Path.of("/sys/class/net"))) {
      Set<String> shown =
          folders
              .filter(Files::isDirectory)
              .map(p -> p.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(shown, names);
    }
  }

  @Test
  void aRefusalHasTheWordsOfTheKernel() throws Exception {
    try (NetlinkSocket socket = open()) {
      NetlinkDump dump = new NetlinkDump(socket);
      SysException e =
          assertThrows(
              SysException.class,
              () ->
                  dump.ask(
                      "links of a header that is wrong",
                      GET_LINK,
                      request -> request.u8(0).u8(0).u16(77).u32(0).u32(0).u32(0),
                      message -> {}));
      assertEquals(Errno.EINVAL, e.errno());
      assertTrue(e.detail().contains("header"), e::toString);
      assertEquals(
          NetlinkDump.End.WHOLE,
          dump.ask("links", GET_LINK, NetlinkSocketTest::header, message -> {}),
          "the socket is of use after a refusal");
    }
  }

  @Test
  void closingEndsAWait() throws Exception {
    NetlinkSocket socket = open();
    CompletableFuture<Arrival> waiting = CompletableFuture.supplyAsync(() -> receive(socket));
    assertThrows(
        java.util.concurrent.TimeoutException.class,
        () -> waiting.get(200, TimeUnit.MILLISECONDS),
        "nothing comes by itself");
    socket.close();
    assertEquals(Arrival.CLOSED, waiting.get(10, TimeUnit.SECONDS));
    assertEquals(Arrival.CLOSED, socket.receive(-1), "and so does the next");
    socket.close();
    socket.wake();
    assertThrows(SysException.class, () -> socket.send(new NetlinkBuilder()));
  }

  @Test
  void wakingEndsAWaitOnce() throws Exception {
    try (NetlinkSocket socket = open()) {
      socket.wake();
      assertEquals(Arrival.WOKEN, socket.receive(-1));
      assertEquals(Arrival.TIMEOUT, socket.receive(0));
      assertEquals(Arrival.TIMEOUT, socket.receive(20));
    }
  }

  @Test
  void otherProcessesAreNotHeard() throws Exception {
    assumeTrue(
        Capabilities.current().has(Capability.CAP_NET_ADMIN),
        "only CAP_NET_ADMIN may send to other processes over netlink");
    try (NetlinkSocket victim = open();
        Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int forger = Libc.socket(state, Libc.AF_NETLINK, Libc.SOCK_RAW, NetlinkSocket.ROUTE);
      assertTrue(forger >= 0, () -> Errno.of(-forger).name());
      MemorySegment to = arena.allocate(12, 4);
      to.set(ValueLayout.JAVA_SHORT, 0, (short) Libc.AF_NETLINK);
      to.set(ValueLayout.JAVA_INT, 4, victim.port());
      MemorySegment lie = new NetlinkBuilder().begin(16, 0, 0).u32(0).end().bytes();
      assertEquals(lie.byteSize(), Libc.sendto(state, forger, lie, 0, to));
      assertEquals(0, Libc.close(state, forger));
      assertEquals(Arrival.TIMEOUT, victim.receive(300));
    }
  }

  @Test
  void noDescriptorIsLeftBehind() throws Exception {
    open().close();
    long before = descriptors();
    for (int i = 0; i < 200; i++) {
      try (NetlinkSocket socket = open()) {
        assertNotEquals(0, socket.port());
        assertTrue(socket.receiveBuffer() > 0);
      }
      assertThrows(SysException.class, () -> NetlinkSocket.open(31, 4096));
    }
    long after = descriptors();
    assertTrue(after < before + 20, () -> "descriptors: first " + before + ", then " + after);
  }

  private static long descriptors() throws Exception {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private static Arrival receive(NetlinkSocket socket) {
    try {
      return socket.receive(-1);
    } catch (SysException e) {
      throw new IllegalStateException(e);
    }
  }
}
