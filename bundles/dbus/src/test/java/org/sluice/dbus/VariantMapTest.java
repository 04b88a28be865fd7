// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reading what peers of several versions send. */
class VariantMapTest {

  @Test
  void whatIsThere() {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    values.put("Name", DBusValue.text("eth1"));
    values.put("Index", new DBusValue.U32(7));
    values.put("Size", new DBusValue.U64(-1));
    values.put("Load", new DBusValue.F64(0.5));
    values.put("Carrier", DBusValue.flag(true));
    values.put("Ip4Config", ObjectPath.ROOT);
    values.put("Mac", new DBusValue.Bytes(new byte[] {1, 2}));
    values.put("Domains", DBusValue.texts(List.of("a.", "b.")));
    values.put(
        "Inner", new VariantMap(Map.of("a", DBusValue.variant(DBusValue.text("b")))).toValue());
    VariantMap map = new VariantMap(values).toValue().asMap();
    assertEquals(values.keySet(), map.values().keySet());
    assertEquals(Optional.of("eth1"), map.text("Name"));
    assertEquals(7, map.number("Index").orElseThrow());
    assertEquals(Long.MAX_VALUE, map.number("Size").orElseThrow());
    assertEquals(0.5, map.real("Load").orElseThrow());
    assertEquals(7.0, map.real("Index").orElseThrow());
    assertEquals(1.8446744073709552E19, map.real("Size").orElseThrow());
    assertEquals(Optional.of(true), map.flag("Carrier"));
    assertEquals(Optional.of(ObjectPath.ROOT), map.path("Ip4Config"));
    assertEquals(Optional.of("/"), map.text("Ip4Config"));
    assertArrayEquals(new byte[] {1, 2}, map.bytes("Mac").orElseThrow());
    assertEquals(List.of("a.", "b."), map.texts("Domains"));
    assertEquals(Optional.of("b"), map.map("Inner").text("a"));
  }

  @Test
  void whatIsMissingOrAnother() {
    VariantMap map = new VariantMap(Map.of("Name", new DBusValue.I32(1)));
    assertEquals(Optional.empty(), map.text("Name"));
    assertEquals(Optional.empty(), map.flag("Name"));
    assertEquals(Optional.empty(), map.bytes("Name"));
    assertEquals(Optional.empty(), map.path("Name"));
    assertEquals(List.of(), map.list("Name"));
    assertTrue(map.map("Name").values().isEmpty());
    assertTrue(map.number("Other").isEmpty());
    assertFalse(map.has("Other"));
    assertTrue(DBusValue.text("x").asMap().values().isEmpty());
    assertEquals(Optional.empty(), Body.EMPTY.text(0));
    assertTrue(Body.EMPTY.number(3).isEmpty());
  }

  @Test
  void ofAKeySentTwiceTheLaterCounts() {
    DBusValue.Dict twice =
        new DBusValue.Dict(
            new Signature("s"),
            new Signature("i"),
            List.of(
                new DBusValue.Entry(DBusValue.text("k"), new DBusValue.I32(1)),
                new DBusValue.Entry(DBusValue.text("k"), new DBusValue.I32(2))));
    assertEquals(2, twice.asMap().number("k").orElseThrow());
  }
}
