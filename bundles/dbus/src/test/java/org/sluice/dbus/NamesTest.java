// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How names, paths, signatures and addresses are spelt. */
class NamesTest {

  @Test
  void busNames() {
    for (String name : List.of(":1.42", ":1.4-2", "org.freedesktop.DBus", "a.b", "_a.-b")) {
      assertNull(Names.wrongBusName(name), name);
    }
    for (String name :
        List.of("", ":", "a", ".a.b", "a..b", "a.b.", "a.1b", "a b.c", "ä.b", "a/b.c")) {
      assertNotNull(Names.wrongBusName(name), name);
    }
    assertNull(Names.wrongBusName("a." + "b".repeat(253)));
    assertNotNull(Names.wrongBusName("a." + "b".repeat(254)));
  }

  @Test
  void interfacesAndMembers() {
    assertNull(Names.wrongInterface("a.b2._c"));
    for (String name : List.of("", "a", "a.2b", "a-b.c", "a.b.", "a$.b", ":1.2")) {
      assertNotNull(Names.wrongInterface(name), name);
    }
    assertNull(Names.wrongMember("Get_2"));
    for (String name : List.of("", "2Get", "a.b", "a-b", "é", "a".repeat(256))) {
      assertNotNull(Names.wrongMember(name), name);
    }
  }

  @Test
  void paths() {
    for (String path : List.of("/", "/a", "/a/_31", "/A_b/9")) {
      assertNull(ObjectPath.wrong(path), path);
    }
    for (String path : List.of("", "a", "//", "/a/", "/a//b", "/a-b", "/ä", "/a b")) {
      assertNotNull(ObjectPath.wrong(path), path);
    }
    assertTrue(ObjectPath.ROOT.contains(new ObjectPath("/a")));
    assertTrue(new ObjectPath("/a").contains(new ObjectPath("/a/b")));
    assertTrue(new ObjectPath("/a").contains(new ObjectPath("/a")));
    assertFalse(new ObjectPath("/a").contains(new ObjectPath("/ab")));
    assertFalse(new ObjectPath("/a/b").contains(new ObjectPath("/a")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "y",
        "a{sv}",
        "(ias)uu",
        "aaaai",
        "a(ii(ss))",
        "a{s(vv)}",
        "a{ya{yv}}",
        "ybnqiuxtdsogvh"
      })
  void signatures(String text) {
    assertNull(Signature.wrong(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a", "(", ")", "()", "(i", "i)", "{sv}", "a{sv", "a{s}", "a{svv}", "a{vs}", "a{(i)s}", "z",
        "a{", "a{}", "((i)", "e", "r", "a{sa}", "é"
      })
  void noSignatures(String text) {
    assertNotNull(Signature.wrong(text));
    assertThrows(IllegalArgumentException.class, () -> new Signature(text));
  }

  @Test
  void limitsOfSignatures() {
    assertNull(Signature.wrong("a".repeat(32) + "i"));
    assertNotNull(Signature.wrong("a".repeat(33) + "i"));
    assertNull(Signature.wrong("(".repeat(32) + "i" + ")".repeat(32)));
    assertNotNull(Signature.wrong("(".repeat(33) + "i" + ")".repeat(33)));
    assertNull(Signature.wrong("i".repeat(255)));
    assertNotNull(Signature.wrong("i".repeat(256)));
    assertEquals(
        List.of("a{sv}", "(i(s))", "y").stream().map(Signature::new).toList(),
        new Signature("a{sv}(i(s))y").types());
  }

  @Test
  void addresses() {
    assertEquals("unix:path=/run/dbus/system_bus_socket", BusAddress.system(Map.of()).text());
    BusAddress two =
        BusAddress.system(
            Map.of("DBUS_SYSTEM_BUS_ADDRESS", "unix:abstract=/x;unix:path=/a%20b,guid=12;"));
    assertEquals(2, two.ways().size());
    assertEquals(
        "Java cannot connect to a socket with an abstract name", two.ways().get(0).refusal());
    assertEquals("/a b", String.valueOf(two.ways().get(1).path()));
    assertEquals(
        "only unix:path= is supported, not tcp:",
        new BusAddress("tcp:host=localhost,port=1").ways().getFirst().refusal());
    assertEquals(
        "a unix: address needs path= to connect to",
        new BusAddress("unix:tmpdir=/tmp").ways().getFirst().refusal());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ";",
        "unix",
        ":path=/a",
        "unix:path",
        "unix:path=/a%2",
        "unix:path=/a%zz",
        "unix:path=/a b",
        "unix:path=/%00"
      })
  void noAddresses(String text) {
    assertThrows(IllegalArgumentException.class, () -> new BusAddress(text));
  }

  @Test
  void rules() {
    assertEquals(
        "type='signal',sender='a.b',path_namespace='/x',interface='a.I',member='M',arg0='it'\\''s'",
        SignalRule.from("a.b").below(new ObjectPath("/x")).member("a.I", "M").arg0("it's").text());
    assertThrows(IllegalArgumentException.class, () -> SignalRule.from("a"));
    assertThrows(IllegalArgumentException.class, () -> SignalRule.from("a.b',x='"));
    assertThrows(
        IllegalArgumentException.class, () -> SignalRule.fromAnybody().ofInterface("a.b'"));
  }

  @Test
  void strangersAreQuoted() {
    assertEquals("\"a?b\"", Names.quoted("a\nb"));
    assertEquals(83, Names.quoted("x".repeat(500)).length());
  }
}
