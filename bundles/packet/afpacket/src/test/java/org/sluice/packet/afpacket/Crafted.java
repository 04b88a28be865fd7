// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** Frames of all kinds, right and wrong, the same for the same random numbers. */
final class Crafted {
  private static final String[] FOUR = {"192.0.2.7", "192.0.2.8", "239.1.2.3"};
  private static final String[] SIX = {"2001:db8::7", "2001:db8::8", "ff02::1"};
  private static final int[] PORTS = {53, 80, 9, 5004, 20_001, 60_000};
  private static final int[] PROTOCOLS = {17, 17, 17, 6, 6, 1, 58, 60, 132};
  private static final int[] EXTENSIONS = {0, 43, 44, 51, 60};
  private static final int[] TAGS = {0x8100, 0x88a8};

  private final Random random;
  private final ByteBuffer bytes = ByteBuffer.allocate(1514);

  Crafted(Random random) {
    this.random = random;
  }

  byte[] frame() {
    byte[] address = new byte[6];
    random.nextBytes(address);
    bytes.put(address).put((byte) 2).put(address, 1, 5);
    for (int tags = Math.max(0, random.nextInt(6) - 2); tags > 0; tags--) {
      bytes.putShort((short) one(TAGS)).putShort((short) random.nextInt());
    }
    switch (random.nextInt(10)) {
      case 0 -> other();
      case 1, 2, 3, 4 -> four();
      default -> six();
    }
    if (random.nextInt(3) == 0) {
      fill(random.nextInt(50));
    }
    byte[] frame = Arrays.copyOf(bytes.array(), bytes.position());
    if (random.nextInt(4) == 0) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
      }
    }
    if (random.nextInt(6) == 0) {
      frame = Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13));
    }
    return frame;
  }

  private void other() {
    int type = new int[] {0x0806, 0x88b5, 0x0100, 0x9100, 0x0800}[random.nextInt(5)];
    bytes.putShort((short) type);
    fill(random.nextInt(100));
  }

  private void four() {
    bytes.putShort((short) 0x0800);
    int begin = bytes.position();
    int words = random.nextInt(3) == 0 ? random.nextInt(8) : 0;
    int protocol = one(PROTOCOLS);
    bytes.put((byte) (0x45 + words)).put((byte) 0).putShort((short) 0).putShort((short) 7);
    bytes.putShort((short) (random.nextInt(4) == 0 ? random.nextInt() : 0x4000));
    bytes.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(0x0a000001);
    bytes.put(InetAddress.ofLiteral(FOUR[random.nextInt(3)]).getAddress());
    fill(4 * words);
    transport(protocol);
    bytes.putShort(begin + 2, (short) (bytes.position() - begin + wrong()));
  }

  private void six() {
    bytes.putShort((short) 0x86dd);
    int begin = bytes.position();
    bytes.putInt(0x60000000).putShort((short) 0).put((byte) 0).put((byte) 64);
    bytes.put(InetAddress.ofLiteral("2001:db8::1").getAddress());
    bytes.put(InetAddress.ofLiteral(SIX[random.nextInt(3)]).getAddress());
    int next = begin + 6;
    for (int i = Math.max(0, random.nextInt(9) - 3); i > 0; i--) {
      int kind = one(EXTENSIONS);
      bytes.put(next, (byte) kind);
      next = bytes.position();
      int units = random.nextInt(3) == 0 ? random.nextInt(3) : 0;
      bytes.put((byte) 0).put((byte) (kind == 51 ? units + 2 : units));
      int size =
          switch (kind) {
            case 44 -> 8;
            case 51 -> (units + 4) * 4;
            default -> (units + 1) * 8;
          };
      fill(size - 2);
      if (kind == 44) {
        int part = new int[] {0, 1, 8, 0x100, 6}[random.nextInt(5)];
        bytes.putShort(next + 2, (short) part);
      }
    }
    int protocol = one(PROTOCOLS);
    bytes.put(next, (byte) protocol);
    transport(protocol);
    bytes.putShort(begin + 4, (short) (bytes.position() - begin - 40 + wrong()));
  }

  private void transport(int protocol) {
    int begin = bytes.position();
    fill(random.nextInt(5) == 0 ? random.nextInt(24) : 20 + random.nextInt(40));
    if (bytes.position() - begin >= 4) {
      bytes.putShort(begin, (short) one(PORTS)).putShort(begin + 2, (short) one(PORTS));
    }
    if (protocol == 17 && bytes.position() - begin >= 8) {
      bytes.putShort(begin + 4, (short) (bytes.position() - begin));
    }
  }

  private int wrong() {
    return random.nextInt(8) == 0 ? random.nextInt(41) - 20 : 0;
  }

  private int one(int[] of) {
    return of[random.nextInt(of.length)];
  }

  private void fill(int length) {
    byte[] filler = new byte[length];
    random.nextBytes(filler);
    bytes.put(filler);
  }
}
