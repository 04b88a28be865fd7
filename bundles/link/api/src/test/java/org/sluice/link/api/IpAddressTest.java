// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpAddressTest {

  /** The examples of RFC 5952 among them. */
  @ParameterizedTest
  @CsvSource({
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:DB8::A, 2001:db8::a",
    "0:0:0:0:0:0:1:0, ::1:0",
    "1:0:0:0:0:0:0:0, 1::",
    "fe80:0:0:0:0:0:0:1, fe80::1",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1",
    "10.0.0.255, 10.0.0.255",
    "255.255.255.255, 255.255.255.255",
    "0.0.0.0, 0.0.0.0"
  })
  void asPeopleWriteIt(String written, String shown) {
    assertEquals(shown, IpAddress.parse(written).toString());
  }

  @Test
  void backAndForth() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[(i & 1) == 0 ? 4 : 16];
      random.nextBytes(bytes);
      for (int k = 0; k < bytes.length; k++) {
        if (random.nextInt(3) > 0) {
          bytes[k] = 0;
        }
      }
      IpAddress address = IpAddress.of(bytes);
      assertEquals(address, IpAddress.parse(address.toString()));
      assertEquals(address, IpAddress.of(address.bytes()));
      assertEquals(bytes.length, address.toInetAddress().getAddress().length);
    }
  }

  @Test
  void aMappedAddressIsNotTheOneItMaps() {
    assertNotEquals(IpAddress.parse("::ffff:10.0.0.1"), IpAddress.parse("10.0.0.1"));
    assertNotEquals(IpAddress.any(true), IpAddress.any(false));
  }

  @Test
  void namesAreNotLookedUp() {
    assertThrows(IllegalArgumentException.class, () -> IpAddress.parse("localhost"));
    assertThrows(IllegalArgumentException.class, () -> IpAddress.of(new byte[5]));
  }

  @Test
  void order() {
    List<String> ordered =
        List.of("0.0.0.0", "10.0.0.1", "10.0.0.10", "200.0.0.1", "::", "::2", "fe80::1", "ff02::1");
    assertEquals(
        ordered,
        ordered.reversed().stream()
            .map(IpAddress::parse)
            .sorted()
            .map(IpAddress::toString)
            .toList());
  }

  @Test
  void kinds() {
    assertTrue(IpAddress.parse("fe80::1").linkLocal());
    assertTrue(IpAddress.parse("febf::1").linkLocal());
    assertFalse(IpAddress.parse("fec0::1").linkLocal());
    assertTrue(IpAddress.parse("169.254.3.4").linkLocal());
    assertTrue(IpAddress.parse("127.8.9.1").loopback());
    assertTrue(IpAddress.parse("::1").loopback());
    assertTrue(IpAddress.parse("224.0.0.1").multicast());
    assertTrue(IpAddress.parse("ff02::1").multicast());
    assertFalse(IpAddress.parse("10.0.0.1").multicast());
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/24, 10.1.2.0/24",
    "10.1.2.3/0, 0.0.0.0/0",
    "10.1.2.3/32, 10.1.2.3/32",
    "2001:db8::1/64, 2001:db8::/64",
    "2001:db8::1/0, ::/0",
    "2001:db8::ff/121, 2001:db8::80/121",
    "2001:db8::ff/128, 2001:db8::ff/128"
  })
  void networks(String prefix, String network) {
    assertEquals(network, IpPrefix.parse(prefix).network().toString());
  }

  @Test
  void containment() {
    assertTrue(IpPrefix.parse("10.0.0.0/8").contains(IpAddress.parse("10.255.0.1")));
    assertFalse(IpPrefix.parse("10.0.0.0/8").contains(IpAddress.parse("11.0.0.1")));
    assertFalse(IpPrefix.parse("0.0.0.0/0").contains(IpAddress.parse("::1")));
    assertThrows(IllegalArgumentException.class, () -> IpPrefix.parse("10.0.0.0/33"));
  }
}
