// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Messages as dbus-daemon 1.14 delivered them, encoded by libdbus, by sd-bus and by hand. */
class CapturedTest {
  private static final String LIBDBUS =
      "6c04010172000000020000006500000001016f00040000002f6361700000000002017300090000006f72672e"
          + "6361702e490000000000000003017300070000004c69624442757300080167001379626e716975787464736f"
          + "6173617b73757d76000000000000000007017300040000003a312e3100000000ff00000001000000feffffff"
          + "fdffffffffffffff00000000fcffffffffffffffffffffffffffffff000000000000f83f060000006772c3bc"
          + "c39f0000060000002f612f625f3100000f000000010000007800000002000000797a00000c00000001000000"
          + "6b00000007000000016e0000fbff";

  private static final String SD_BUS =
      "6c04010128010000020000007500000001016f00040000002f6361700000000002017300090000006f72672e"
          + "6361702e490000000000000003017300050000005364427573000000080167002579626e716975787464736f"
          + "67612869736f29617b73767d766179616164762879286474292900000000000007017300040000003a312e32"
          + "00000000ff00000001000000fefffffffdffffffffffffff00000000fcffffffffffffffffffffffffffffff"
          + "000000000000f83f060000006772c3bcc39f0000060000002f612f625f310006617b73767d69000032000000"
          + "0000000007000000040000006574683100000000060000002f6c2f5f33370000000000000800000001000000"
          + "77000000010000002f0000002c000000040000004e616d650001730004000000657468310000000007000000"
          + "436172726965720001620000010000000428796429000000000000000900000000000000000000000000"
          + "044003000000010203001400000008000000000000000000e03f0000000000000000026173000e0000000100"
          + "00007000000001000000710000000100000000000000000000000000d0bf4d00000000000000";

  private static final String BIG_ENDIAN =
      "4204010100000029000000050000005501016f00000000042f6361700000000002017300000000096f72672e"
          + "6361702e490000000000000003017300000000034269670000000000080167000879626e7169786473000000"
          + "07017300000000043a312e3300000000ff00000000000001fffefffffffffffdfffffffffffffffc3ff80000"
          + "00000000000000046574683100";

  private static final String ERROR =
      "6c03010140000000040000007500000006017300040000003a312e300000000004017300290000006f72672e"
          + "667265656465736b746f702e444275732e4572726f722e4e616d654861734e6f4f776e657200000000000000"
          + "0501750003000000080167000173000007017300140000006f72672e667265656465736b746f702e44427573"
          + "000000003b000000436f756c64206e6f7420676574206f776e6572206f66206e616d6520276f72672e6e6f62"
          + "6f64792e48657265273a206e6f2073756368206e616d6500";

  @Test
  void byLibdbus() throws Exception {
    Message message = message(LIBDBUS);
    assertEquals(MessageKind.SIGNAL, message.header().kind());
    assertEquals("org.cap.I", message.header().interfaceName());
    assertEquals("LibDBus", message.header().member());
    assertEquals(":1.1", message.header().sender());
    assertEquals(new ObjectPath("/cap"), message.header().path());
    assertNull(message.header().destination());
    assertEquals(
        Body.of(
            new DBusValue.U8(255),
            DBusValue.flag(true),
            new DBusValue.I16((short) -2),
            new DBusValue.U16(65535),
            new DBusValue.I32(-3),
            new DBusValue.U32(4294967295L),
            new DBusValue.I64(-4),
            new DBusValue.U64(-1),
            new DBusValue.F64(1.5),
            DBusValue.text("grüß"),
            new ObjectPath("/a/b_1"),
            DBusValue.texts(List.of("x", "yz")),
            new DBusValue.Dict(
                new Signature("s"),
                new Signature("u"),
                List.of(new DBusValue.Entry(DBusValue.text("k"), new DBusValue.U32(7)))),
            DBusValue.variant(new DBusValue.I16((short) -5))),
        message.body());
    written(message);
  }

  @Test
  void bySdBus() throws Exception {
    Message message = message(SD_BUS);
    Body body = message.body();
    assertEquals("ybnqiuxtdsoga(iso)a{sv}vayaadv(y(dt))", body.signature().value());
    assertEquals(new Signature("a{sv}i"), body.values().get(11));
    assertEquals(
        List.of(
            new DBusValue.Struct(
                new DBusValue.I32(7), DBusValue.text("eth1"), new ObjectPath("/l/_37")),
            new DBusValue.Struct(new DBusValue.I32(8), DBusValue.text("w"), ObjectPath.ROOT)),
        body.list(12));
    assertEquals(
        Map.of("Name", DBusValue.text("eth1"), "Carrier", DBusValue.flag(true)),
        body.map(13).values());
    assertEquals(
        new DBusValue.Variant(new DBusValue.Struct(new DBusValue.U8(9), new DBusValue.F64(2.5))),
        body.values().get(14));
    assertEquals(new DBusValue.Bytes(new byte[] {1, 2, 3}), body.values().get(15));
    assertEquals(
        List.of(
            new DBusValue.Array(new Signature("d"), List.of(new DBusValue.F64(0.5))),
            new DBusValue.Array(new Signature("d"), List.of())),
        body.list(16));
    assertEquals(2, body.list(17).size());
    assertEquals(
        new DBusValue.Struct(
            new DBusValue.U8(1),
            new DBusValue.Struct(new DBusValue.F64(-0.25), new DBusValue.U64(77))),
        body.values().get(18));
    written(message);
  }

  @Test
  void bigEndian() throws Exception {
    Message message = message(BIG_ENDIAN);
    assertEquals(ByteOrder.BIG_ENDIAN, message.content().order());
    assertEquals(5, message.header().serial());
    assertEquals(
        Body.of(
            new DBusValue.U8(255),
            DBusValue.flag(true),
            new DBusValue.I16((short) -2),
            new DBusValue.U16(65535),
            new DBusValue.I32(-3),
            new DBusValue.I64(-4),
            new DBusValue.F64(1.5),
            DBusValue.text("eth1")),
        message.body());
    written(message);
  }

  @Test
  void anError() throws Exception {
    Message message = message(ERROR);
    assertEquals(3, message.header().replyTo());
    assertEquals("org.freedesktop.DBus.Error.NameHasNoOwner", message.error().name());
    assertEquals(
        "Could not get owner of name 'org.nobody.Here': no such name", message.error().text());
  }

  @Test
  void theLargestNumber() throws Exception {
    DBusValue number = message(LIBDBUS).body().values().get(7);
    assertEquals(
        new BigInteger("18446744073709551615"),
        assertInstanceOf(DBusValue.U64.class, number).exact());
    assertEquals(Long.MAX_VALUE, number.asNumber().orElseThrow());
  }

  /** What we make of the same values has the same bytes as theirs; and so has the other order. */
  private static void written(Message message) throws Exception {
    ByteBuffer again = Encoder.body(message.body(), message.content().order(), Outgoing.LARGEST);
    assertEquals(hex(message.content()), hex(again));
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      Outgoing outgoing = Outgoing.of(message.header(), message.body(), order);
      Framer framer = new Framer(Outgoing.LARGEST);
      framer.add(outgoing.bytes().duplicate());
      Message back = assertInstanceOf(Framer.Complete.class, framer.next()).message();
      assertEquals(message.header(), back.header());
      assertEquals(message.body(), back.body());
    }
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  private static Message message(String hex) throws Exception {
    Framer framer = new Framer(Outgoing.LARGEST);
    framer.add(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    Message message = assertInstanceOf(Framer.Complete.class, framer.next()).message();
    assertNull(framer.next());
    return message;
  }
}
