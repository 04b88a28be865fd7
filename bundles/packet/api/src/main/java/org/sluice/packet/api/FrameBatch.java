// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/**
 * A reusable list of frames in the memory of one port. Not safe for several threads at once.
 *
 * <p>A frame is a place in {@link #memory}: an address, a length and flags. A packet that is longer
 * than a chunk comes as several frames, all but the last {@link #continued}.
 *
 * <p>Each frame carries a {@link Verdict}, which tells a {@link PacketHandler}'s host what to do
 * with it; ports pay no heed to it.
 */
public final class FrameBatch {
  /** The packet goes on in the next frame. */
  public static final int CONTINUED = 1;

  /** The driver has checked the checksums of the transport layer. */
  public static final int CHECKSUM_GOOD = 1 << 8;

  /**
   * The checksum of the transport layer is not finished: the sender on this host left that to its
   * interface.
   */
  public static final int CHECKSUM_PARTIAL = 1 << 9;

  private static final long LENGTH = 0xffff_ffffL;

  private static final byte OPEN = 0;
  private static final byte DROP = 1;
  private static final byte SEND = 2;
  private static final byte GONE = 3;

  private final long[] words;

  /** Small, and no references, since they are written anew for every batch. */
  private final byte[] verdicts;

  private MemorySegment memory = MemorySegment.NULL;
  private int chunkSize;
  private int count;

  /** What is to become of a frame. */
  public enum Verdict {
    /** Nobody decided yet; dropped in the end. */
    OPEN,
    /** Goes back to the port it came from, to be received again. */
    DROP,
    /** Leaves by the port it came from. */
    SEND
  }

  /**
   * @param capacity the most frames it can hold; at least 18, which is what the longest packet
   *     needs
   */
  public FrameBatch(int capacity) {
    if (capacity < 18) {
      throw new IllegalArgumentException(
          "a batch holds at least 18 frames, the most that one packet has; not " + capacity);
    }
    words = new long[2 * capacity];
    verdicts = new byte[capacity];
  }

  public int capacity() {
    return verdicts.length;
  }

  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public boolean isFull() {
    return count == verdicts.length;
  }

  /** Of the port that the frames belong to. */
  public MemorySegment memory() {
    return memory;
  }

  /** Where the first byte of the frame lies in {@link #memory}. */
  public long address(int index) {
    return words[2 * check(index)];
  }

  public int length(int index) {
    return (int) words[2 * check(index) + 1];
  }

  public int flags(int index) {
    return (int) (words[2 * check(index) + 1] >>> 32);
  }

  /** Whether the packet goes on in the next frame. */
  public boolean continued(int index) {
    return (flags(index) & CONTINUED) != 0;
  }

  /** A view on the bytes of the frame. */
  public MemorySegment frame(int index) {
    return memory.asSlice(address(index), length(index));
  }

  /**
   * Says how much of the chunk, from the frame's address on, is the frame.
   *
   * @throws IndexOutOfBoundsException when the chunk is shorter; nothing has changed
   */
  public void length(int index, int length) {
    int at = 2 * check(index);
    if (length < 0 || tail(at) < length) {
      throw new IndexOutOfBoundsException(
          "a frame of " + length + " bytes; its chunk has room for " + tail(at));
    }
    words[at + 1] = (words[at + 1] & ~LENGTH) | length;
  }

  /**
   * Moves the beginning of the frame: forward to strip what stands there, backward to get room for
   * more. What is behind stays where it is.
   *
   * @param delta bytes; negative to get room
   * @return whether there was room; if not, nothing has changed. A frame never begins where its
   *     chunk ends: that place belongs to another
   */
  public boolean adjustHead(int index, int delta) {
    int at = 2 * check(index);
    int length = (int) words[at + 1];
    // A frame that began where its chunk ends would lie in the next one.
    if (delta > length || delta >= tail(at) || delta < -head(at)) {
      return false;
    }
    words[at] += delta;
    words[at + 1] = (words[at + 1] & ~LENGTH) | (length - delta);
    return true;
  }

  /**
   * Moves the end of the frame.
   *
   * @param delta bytes; negative to cut
   * @return whether there was room; if not, nothing has changed
   */
  public boolean adjustTail(int index, int delta) {
    int at = 2 * check(index);
    int length = (int) words[at + 1];
    if (delta < -length || delta > tail(at) - length) {
      return false;
    }
    words[at + 1] = (words[at + 1] & ~LENGTH) | (length + delta);
    return true;
  }

  /** Bytes between the beginning of the chunk and the frame. */
  public int headroom(int index) {
    return head(2 * check(index));
  }

  /** Bytes between the end of the frame and the end of its chunk. */
  public int tailroom(int index) {
    int at = 2 * check(index);
    return tail(at) - (int) words[at + 1];
  }

  public Verdict verdict(int index) {
    return switch (verdicts[check(index)]) {
      case OPEN -> Verdict.OPEN;
      case SEND -> Verdict.SEND;
      default -> Verdict.DROP;
    };
  }

  public void decide(int index, Verdict verdict) {
    verdicts[check(index)] =
        switch (verdict) {
          case OPEN -> OPEN;
          case DROP -> DROP;
          case SEND -> SEND;
        };
  }

  /** Adds a frame of the same port. */
  public void add(long address, int length, int flags) {
    if (count == verdicts.length) {
      throw new IndexOutOfBoundsException("the batch is full with " + count + " frames");
    }
    words[2 * count] = address;
    words[2 * count + 1] = ((long) flags << 32) | (length & LENGTH);
    verdicts[count++] = OPEN;
  }

  /**
   * Moves a frame to the end of another batch, which must be empty or hold frames of the same port;
   * whoever has that batch owns it. A gap stays here until {@link #compact}.
   */
  public void moveTo(FrameBatch other, int index) {
    int at = 2 * check(index);
    if (other.count == 0) {
      other.bind(memory, chunkSize);
    }
    other.add(words[at], (int) words[at + 1], (int) (words[at + 1] >>> 32));
    verdicts[index] = GONE;
  }

  /** Closes the gaps that {@link #moveTo} left. */
  public void compact() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (verdicts[i] != GONE) {
        if (kept != i) {
          words[2 * kept] = words[2 * i];
          words[2 * kept + 1] = words[2 * i + 1];
          verdicts[kept] = verdicts[i];
        }
        kept++;
      }
    }
    count = kept;
  }

  /** Takes the first {@code frames} out; for ports, after they have taken them over. */
  public void removeFirst(int frames) {
    if (frames < 0 || frames > count) {
      throw new IndexOutOfBoundsException(frames + " of " + count + " frames");
    }
    if (frames < count && frames > 0) {
      System.arraycopy(words, 2 * frames, words, 0, 2 * (count - frames));
      System.arraycopy(verdicts, frames, verdicts, 0, count - frames);
    }
    count -= frames;
  }

  /** Forgets all frames, without giving them back: they must have a new owner. */
  public void clear() {
    count = 0;
  }

  /**
   * Says whose frames are added next; for ports. The batch must be empty.
   *
   * @param chunkSize a power of two
   */
  public void bind(MemorySegment memory, int chunkSize) {
    if (count != 0) {
      throw new IllegalStateException("the batch still holds " + count + " frames");
    }
    this.memory = memory;
    this.chunkSize = chunkSize;
  }

  /**
   * The frames as a driver sees them, two words each: the address; the length in the lower and the
   * flags in the upper half. For drivers that move many at once: what is written here is not
   * checked.
   */
  public long[] words() {
    return words;
  }

  /** Says how many frames a driver wrote to {@link #words}, from the first on. */
  public void filled(int frames) {
    if (frames < 0 || frames > verdicts.length) {
      throw new IndexOutOfBoundsException(frames + " frames in a batch of " + verdicts.length);
    }
    Arrays.fill(verdicts, 0, frames, OPEN);
    count = frames;
  }

  private int head(int at) {
    return (int) (words[at] & (chunkSize - 1));
  }

  private int tail(int at) {
    return chunkSize - head(at);
  }

  private int check(int index) {
    return Objects.checkIndex(index, count);
  }

  @Override
  public String toString() {
    return count + " of " + verdicts.length + " frames";
  }
}
