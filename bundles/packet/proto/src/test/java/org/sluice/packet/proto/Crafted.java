// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** A sound packet of random shape, built without the code that is tested, and what it is. */
final class Crafted {
  final byte[] frame;
  int tags;
  int version;
  int protocol;
  int sourcePort;
  int destinationPort;
  int network;
  int transport;
  int payloadLength;
  boolean fragment;
  int extensions;

  private final SplittableRandom random;
  private final ByteBuffer out = ByteBuffer.allocate(4096);

  Crafted(SplittableRandom random) {
    this.random = random;
    out.putLong(0x0200_5e10_0002_0200L).putInt(0x5e10_0001);
    tags = random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
    for (int i = 0; i < tags; i++) {
      out.putShort((short) (i == 0 && tags == 2 ? 0x88a8 : 0x8100));
      out.putShort((short) random.nextInt(65_536));
    }
    version = random.nextBoolean() ? 4 : 6;
    fragment = random.nextInt(10) == 0;
    protocol = pick();
    if (version == 4) {
      four();
    } else {
      six();
    }
    int filling = random.nextInt(3) == 0 ? random.nextInt(20) : 0;
    for (int i = 0; i < filling; i++) {
      out.put((byte) random.nextInt(256));
    }
    frame = java.util.Arrays.copyOf(out.array(), out.position());
  }

  private int pick() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> 17;
      case 2 -> 6;
      case 3 -> version == 4 ? 1 : 58;
      case 4 -> version == 4 ? 2 : 58;
      default -> 47;
    };
  }

  private void four() {
    out.putShort((short) 0x0800);
    network = out.position();
    int options = random.nextInt(3) == 0 ? 4 * random.nextInt(11) : 0;
    out.put((byte) (0x45 + options / 4)).put((byte) random.nextInt(256));
    out.putShort((short) 0);
    out.putShort((short) random.nextInt(65_536));
    out.putShort((short) (fragment ? part() : 0x4000 * random.nextInt(2)));
    out.put((byte) 64).put((byte) protocol);
    out.putShort((short) 0);
    out.putInt(0xc000_0201).putInt(0xc000_0202);
    options(options);
    transport = out.position();
    transport();
    out.putShort(network + 2, (short) (out.position() - network));
    int sum = Bytes.slowSum(out.array(), network, transport);
    out.putShort(network + 10, (short) ~sum);
  }

  private int part() {
    int offset = random.nextInt(8192);
    return random.nextBoolean() ? 0x2000 | offset : Math.max(1, offset);
  }

  private void six() {
    out.putShort((short) 0x86dd);
    network = out.position();
    out.putInt(0x6000_0000 | random.nextInt(1 << 28));
    out.putShort((short) 0);
    int nextAt = out.position();
    out.put((byte) 0).put((byte) 64);
    out.putLong(0x2001_0db8_0000_0000L).putLong(1);
    out.putLong(0x2001_0db8_0000_0000L).putLong(2);
    extensions = random.nextInt(3) == 0 ? random.nextInt(5) : 0;
    for (int i = 0; i < extensions; i++) {
      int kind = new int[] {0, 43, 60, 51}[i == 0 ? random.nextInt(4) : 1 + random.nextInt(3)];
      out.put(nextAt, (byte) kind);
      nextAt = out.position();
      int units = random.nextInt(3);
      int size = kind == 51 ? 8 + 8 * units : 8 * (units + 1);
      out.put((byte) 0).put((byte) (kind == 51 ? size / 4 - 2 : units));
      if (kind == 43) {
        out.position(out.position() + size - 2);
      } else if (kind == 51) {
        out.position(out.position() + size - 2);
      } else {
        out.put((byte) 1).put((byte) (size - 4)).position(nextAt + size);
      }
    }
    if (fragment) {
      out.put(nextAt, (byte) 44);
      nextAt = out.position();
      int offset = random.nextInt(8192) << 3;
      out.put((byte) 0).put((byte) 0);
      out.putShort((short) (random.nextBoolean() ? offset | 1 : Math.max(8, offset)));
      out.putInt(random.nextInt());
    }
    out.put(nextAt, (byte) protocol);
    transport = out.position();
    transport();
    out.putShort(network + 4, (short) (out.position() - network - 40));
  }

  private void options(int length) {
    int end = out.position() + length;
    while (out.position() < end) {
      int left = end - out.position();
      if (left < 2 || random.nextInt(3) == 0) {
        out.put((byte) 1);
      } else {
        int size = 2 + random.nextInt(left - 1);
        out.put((byte) (2 + random.nextInt(200))).put((byte) size);
        out.position(out.position() + size - 2);
      }
    }
  }

  private void payload(int most) {
    payloadLength = random.nextInt(most);
    for (int i = 0; i < payloadLength; i++) {
      out.put((byte) random.nextInt(256));
    }
  }

  private void transport() {
    if (fragment) {
      payload(100);
      return;
    }
    switch (protocol) {
      case 17 -> {
        ports();
        out.putInt(0);
        payload(1400);
        out.putShort(transport + 4, (short) (8 + payloadLength));
        int checksum = ~sum() & 0xffff;
        out.putShort(transport + 6, (short) (checksum == 0 ? 0xffff : checksum));
      }
      case 6 -> {
        ports();
        out.putInt(random.nextInt()).putInt(random.nextInt());
        int options = random.nextBoolean() ? 4 * random.nextInt(11) : 0;
        out.put((byte) ((5 + options / 4) << 4)).put((byte) 0x10);
        out.putShort((short) 4096).putInt(0);
        options(options);
        payload(1400);
        out.putShort(transport + 16, (short) ~sum());
      }
      case 1, 58 -> {
        out.put((byte) (protocol == 1 ? 8 : 128)).put((byte) 0).putShort((short) 0);
        out.putInt(random.nextInt());
        payload(200);
        int sum = protocol == 1 ? Bytes.slowSum(out.array(), transport, out.position()) : sum();
        out.putShort(transport + 2, (short) ~sum);
        payloadLength += 8;
      }
      case 2 -> {
        out.put((byte) 0x16).put((byte) 0).putShort((short) 0).putInt(0xef01_0203);
        out.putShort(transport + 2, (short) ~Bytes.slowSum(out.array(), transport, out.position()));
        payloadLength = 8;
      }
      default -> payload(100);
    }
  }

  private void ports() {
    sourcePort = 1 + random.nextInt(65_535);
    destinationPort = 1 + random.nextInt(65_535);
    out.putShort((short) sourcePort).putShort((short) destinationPort);
  }

  private int sum() {
    int length = out.position() - transport;
    ByteBuffer all = ByteBuffer.allocate(40 + length);
    if (version == 4) {
      all.put(out.array(), network + 12, 8).putShort((short) protocol).putShort((short) length);
    } else {
      all.put(out.array(), network + 8, 32).putInt(length).putInt(protocol);
    }
    all.put(out.array(), transport, length);
    return Bytes.slowSum(all.array(), 0, all.position());
  }
}
