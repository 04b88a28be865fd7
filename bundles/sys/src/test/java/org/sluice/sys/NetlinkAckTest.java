// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NetlinkAckTest {
  private static final byte[] TEXT =
      "Nexthop has invalid gateway\0".getBytes(StandardCharsets.UTF_8);
  private static final int ATTRIBUTES = 0x200;
  private static final int CAPPED = 0x100;

  private static NetlinkAck read(NetlinkBuilder builder) throws MalformedMessageException {
    NetlinkMessage message = NetlinkMessage.over(builder.end().bytes());
    assertTrue(message.next());
    return NetlinkAck.of(message);
  }

  /** The error number and the header of a request of {@code length} bytes. */
  private static NetlinkBuilder error(int flags, int errno, int length) {
    NetlinkBuilder b = new NetlinkBuilder().begin(NetlinkMessage.ERROR, flags, 42);
    return b.u32(-errno).u32(length).u16(24).u16(5).u32(42).u32(0);
  }

  @Test
  void done() throws Exception {
    NetlinkAck ack = read(error(CAPPED, 0, 52));
    assertTrue(ack.done());
    assertEquals(42, ack.sequence());
  }

  @Test
  void refusedWithWords() throws Exception {
    NetlinkAck ack = read(error(CAPPED | ATTRIBUTES, 101, 52).attribute(1, TEXT));
    assertFalse(ack.done());
    assertEquals(Errno.ENETUNREACH, Errno.of(ack.errno()));
    assertEquals("Nexthop has invalid gateway", ack.text());
  }

  @Test
  void refusedWithTheRequestRepeated() throws Exception {
    NetlinkAck ack = read(error(ATTRIBUTES, 101, 24).u32(1).u32(2).attribute(1, TEXT));
    assertEquals("Nexthop has invalid gateway", ack.text());
  }

  @Test
  void aRequestThatIsRepeatedBeyondTheEnd() {
    assertThrows(
        MalformedMessageException.class,
        () -> read(error(ATTRIBUTES, 101, 4000).attribute(1, TEXT)));
  }

  @Test
  void theEndOfADumpThatFailed() throws Exception {
    NetlinkBuilder builder =
        new NetlinkBuilder().begin(NetlinkMessage.DONE, ATTRIBUTES, 9).u32(-22).attribute(1, TEXT);
    NetlinkAck ack = read(builder);
    assertEquals(Errno.EINVAL, Errno.of(ack.errno()));
    assertEquals("Nexthop has invalid gateway", ack.text());
  }

  @Test
  void theMessageOfTheException() {
    SysException e =
        new SysException("link eth1: add default via 10.0.0.1", "sendto", 101, "Nexthop is bad");
    assertEquals(
        "link eth1: add default via 10.0.0.1: sendto: ENETUNREACH \"Nexthop is bad\"",
        e.getMessage());
    assertEquals(
        "x: open: ENOENT \"No such file or directory\"",
        new SysException("x", "open", 2).getMessage());
    assertEquals(
        "x: open: errno 9999 \"Unknown error\"", new SysException("x", "open", 9999).getMessage());
  }
}
