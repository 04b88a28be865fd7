// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Files of captured packets, in the classic format. */
final class Pcap {
  private static final int NANOSECONDS = 0xa1b23c4d;
  private static final int MICROSECONDS = 0xa1b2c3d4;
  private static final int NEXT_GENERATION = 0x0a0d0d0a;
  private static final int ETHERNET = 1;
  private static final int HEADER = 24;
  private static final int RECORD = 16;
  private static final int LONGEST = 1 << 18;

  private Pcap() {}

  /** A new file that packets are put into. */
  static final class Writer implements AutoCloseable {
    private final OutputStream out;

    /**
     * @param most how many bytes of a packet are in it
     * @throws java.nio.file.FileAlreadyExistsException when there is such a file
     */
    Writer(Path file, int most) throws IOException {
      out =
          new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              1 << 16);
      ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
      header.putInt(NANOSECONDS).putShort((short) 2).putShort((short) 4);
      header.putInt(0).putInt(0).putInt(most).putInt(ETHERNET);
      try {
        out.write(header.array());
        out.flush();
      } catch (IOException e) {
        out.close();
        throw e;
      }
    }

    void write(Instant when, int length, byte[] bytes) throws IOException {
      ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
      record.putInt((int) when.getEpochSecond()).putInt(when.getNano());
      record.putInt(bytes.length).putInt(length);
      out.write(record.array());
      out.write(bytes);
    }

    void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /**
   * Reads whole frames of Ethernet.
   *
   * @param most bytes of all frames together
   * @throws IllegalArgumentException when it is no such file, or a frame in it is not whole
   */
  static List<byte[]> read(Path file, long most) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      ByteOrder order = order(file, in);
      byte[] record = new byte[RECORD];
      long total = 0;
      while (in.readNBytes(record, 0, RECORD) == RECORD) {
        ByteBuffer fields = ByteBuffer.wrap(record).order(order);
        int kept = fields.getInt(8);
        int length = fields.getInt(12);
        int number = frames.size() + 1;
        if (kept < 0 || kept > LONGEST) {
          throw new IllegalArgumentException(
              "%s: frame %d has %d bytes, so the file is damaged"
                  .formatted(file, number, Integer.toUnsignedLong(kept)));
        }
        if (kept != length) {
          throw new IllegalArgumentException(
              "%s: frame %d has %d bytes, of which only %d were captured; capture whole frames"
                  .formatted(file, number, Integer.toUnsignedLong(length), kept));
        }
        total += kept;
        if (total > most) {
          throw new IllegalArgumentException(
              "%s: its frames have more than %d bytes; send it in parts (editcap -c)"
                  .formatted(file, most));
        }
        byte[] frame = new byte[kept];
        if (in.readNBytes(frame, 0, kept) < kept) {
          throw new IllegalArgumentException("%s: it ends within frame %d".formatted(file, number));
        }
        frames.add(frame);
      }
    }
    return frames;
  }

  private static ByteOrder order(Path file, DataInputStream in) throws IOException {
    byte[] bytes = new byte[HEADER];
    try {
      in.readFully(bytes);
    } catch (EOFException e) {
      throw new IllegalArgumentException(file + ": it is too short for a file of packets", e);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getInt(0) == NEXT_GENERATION) {
      throw new IllegalArgumentException(
          file + ": it is in the format pcapng; convert it: editcap -F pcap IN OUT");
    }
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      int magic = header.order(order).getInt(0);
      if (magic == NANOSECONDS || magic == MICROSECONDS) {
        int kind = header.getInt(20) & 0xffff;
        if (kind != ETHERNET) {
          throw new IllegalArgumentException(
              "%s: its packets are no frames of Ethernet (link type %d)".formatted(file, kind));
        }
        return order;
      }
    }
    throw new IllegalArgumentException(file + ": it is no file of packets (pcap)");
  }
}
