// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;

/** Rings that check their user. What they refuse has changed nothing. */
final class CheckedLane implements RawLane {
  private final String name;
  private final @Nullable Receive receive;
  private final @Nullable Fill fill;
  private final @Nullable Transmit transmit;
  private final @Nullable Completion completion;

  CheckedLane(Lane lane, ChunkLedger ledger) {
    name = lane.name();
    receive = lane.receive() == null ? null : new Receive(lane.receive(), ledger, name);
    fill = lane.fill() == null ? null : new Fill(lane.fill(), ledger, name);
    if (lane.transmit() != null && lane.completion() != null) {
      transmit = new Transmit(lane.transmit(), lane.completion(), ledger, name);
      completion = new Completion(lane.completion(), ledger, name);
    } else {
      transmit = null;
      completion = null;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean receives() {
    return receive != null;
  }

  @Override
  public boolean sends() {
    return transmit != null;
  }

  @Override
  public Receive receive() {
    return RawLane.there(receive, name, "received");
  }

  @Override
  public Fill fill() {
    return RawLane.there(fill, name, "received");
  }

  @Override
  public Transmit transmit() {
    return RawLane.there(transmit, name, "sent");
  }

  @Override
  public Completion completion() {
    return RawLane.there(completion, name, "sent");
  }

  private static void below(int number, int limit, String what, String of) {
    if (number < 0 || number > limit) {
      throw new IllegalStateException("%s: %d of %d entries %s".formatted(what, number, limit, of));
    }
  }

  private static void entry(int entry, int limit, String what, String of) {
    if (entry < 0 || entry >= limit) {
      throw new IllegalStateException(
          "%s: entry %d, where %d are %s".formatted(what, entry, limit, of));
    }
  }

  static final class Receive implements ReceiveRing {
    private final ConsumerRing ring;
    private final ChunkLedger ledger;
    private final String look;
    private final String free;
    private int peeked;

    Receive(ConsumerRing ring, ChunkLedger ledger, String lane) {
      this.ring = ring;
      this.ledger = ledger;
      look = lane + ", look into the receive ring";
      free = lane + ", free of the receive ring";
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int peek(int most) {
      int there = ring.available(most);
      for (; peeked < there; peeked++) {
        ledger.move(ring.word(2, 0, peeked), ChunkLedger.FILL, ChunkLedger.RECEIVED, look);
      }
      return there;
    }

    @Override
    public long address(int entry) {
      entry(entry, peeked, look, "there");
      return ring.word(2, 0, entry);
    }

    @Override
    public int length(int entry) {
      entry(entry, peeked, look, "there");
      return (int) ring.word(2, 1, entry);
    }

    @Override
    public int flags(int entry) {
      entry(entry, peeked, look, "there");
      return (int) (ring.word(2, 1, entry) >>> 32);
    }

    @Override
    public void read(long[] into, int number) {
      below(number, peeked, look, "that are there");
      ring.readDescriptors(into, number);
    }

    @Override
    public void free(int number) {
      below(number, peeked, free, "that are there");
      for (int i = 0; i < number; i++) {
        ledger.move(ring.word(2, 0, i), ChunkLedger.RECEIVED, ChunkLedger.USER, free);
      }
      peeked -= number;
      ring.free(number);
    }
  }

  static final class Fill implements FillRing {
    private final ProducerRing ring;
    private final ChunkLedger ledger;
    private final String what;
    private final Written written;
    private int reserved;

    Fill(ProducerRing ring, ChunkLedger ledger, String lane) {
      this.ring = ring;
      this.ledger = ledger;
      what = lane + ", fill";
      written = new Written(ring.size());
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int reserve(int most) {
      int room = ring.room(most);
      reserved = Math.max(reserved, room);
      return room;
    }

    @Override
    public void put(int entry, long address) {
      entry(entry, reserved, what, "reserved");
      ledger.chunk(address, what);
      ring.word(1, 0, entry, address);
      written.put(entry);
    }

    @Override
    public void put(long[] addresses, int number) {
      below(number, reserved, what, "that are reserved");
      for (int i = 0; i < number; i++) {
        ledger.chunk(addresses[i], what);
      }
      ring.writeAddresses(addresses, number);
      written.first(number);
    }

    @Override
    public void publish(int number) {
      below(number, reserved, what, "that are reserved");
      written.check(number, what);
      give(ring, 1, number, ledger, ChunkLedger.FILL, what, written.before);
      written.shift(number);
      reserved -= number;
      ring.publish(number);
    }

    @Override
    public boolean needsWakeup() {
      return ring.needsWakeup();
    }
  }

  static final class Transmit implements TransmitRing {
    private final ProducerRing ring;
    private final ConsumerRing completion;
    private final ChunkLedger ledger;
    private final String what;
    private final Written written;
    private int reserved;

    Transmit(ProducerRing ring, ConsumerRing completion, ChunkLedger ledger, String lane) {
      this.ring = ring;
      this.completion = completion;
      this.ledger = ledger;
      what = lane + ", transmit";
      written = new Written(ring.size());
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int reserve(int most) {
      int room = ring.room(most);
      reserved = Math.max(reserved, room);
      return room;
    }

    @Override
    public void put(int entry, long address, int length, int flags) {
      entry(entry, reserved, what, "reserved");
      sound(address, length, flags);
      ring.word(2, 0, entry, address);
      ring.word(2, 1, entry, length | (long) flags << 32);
      written.put(entry);
    }

    @Override
    public void put(long[] words, int number) {
      below(number, reserved, what, "that are reserved");
      for (int i = 0; i < number; i++) {
        sound(words[2 * i], (int) words[2 * i + 1], (int) (words[2 * i + 1] >>> 32));
      }
      ring.writeDescriptors(words, 0, number);
      written.first(number);
    }

    private void sound(long address, int length, int flags) {
      ledger.inside(address, length, what);
      if ((flags & ~FrameBatch.CONTINUED) != 0) {
        throw new IllegalStateException(
            "%s: flags 0x%x of chunk %d; the other party knows only that a packet goes on"
                .formatted(what, flags, ledger.chunk(address, what)));
      }
    }

    @Override
    public void publish(int number) {
      below(number, reserved, what, "that are reserved");
      written.check(number, what);
      int under = ring.producer() - completion.consumer();
      if (under + number > completion.size()) {
        throw new IllegalStateException(
            "%s: %d entries when %d are under way; the completion ring has room for %d"
                .formatted(what, number, under, completion.size()));
      }
      give(ring, 2, number, ledger, ChunkLedger.TRANSMIT, what, written.before);
      written.shift(number);
      reserved -= number;
      ring.publish(number);
    }

    @Override
    public boolean needsWakeup() {
      return ring.needsWakeup();
    }
  }

  static final class Completion implements CompletionRing {
    private final ConsumerRing ring;
    private final ChunkLedger ledger;
    private final String look;
    private final String free;
    private int peeked;

    Completion(ConsumerRing ring, ChunkLedger ledger, String lane) {
      this.ring = ring;
      this.ledger = ledger;
      look = lane + ", look into the completion ring";
      free = lane + ", free of the completion ring";
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int peek(int most) {
      int there = ring.available(most);
      for (; peeked < there; peeked++) {
        ledger.move(ring.word(1, 0, peeked), ChunkLedger.TRANSMIT, ChunkLedger.COMPLETION, look);
      }
      return there;
    }

    @Override
    public long address(int entry) {
      entry(entry, peeked, look, "there");
      return ring.word(1, 0, entry);
    }

    @Override
    public void read(long[] into, int number) {
      below(number, peeked, look, "that are there");
      ring.readAddresses(into, number);
    }

    @Override
    public void free(int number) {
      below(number, peeked, free, "that are there");
      for (int i = 0; i < number; i++) {
        ledger.move(ring.word(1, 0, i), ChunkLedger.COMPLETION, ChunkLedger.FREE, free);
      }
      peeked -= number;
      ring.free(number);
    }
  }

  /** Moves the chunks of the first entries, or none. */
  private static void give(
      ProducerRing ring,
      int words,
      int number,
      ChunkLedger ledger,
      byte to,
      String what,
      byte[] before) {
    int given = 0;
    try {
      for (; given < number; given++) {
        long address = ring.word(words, 0, given);
        before[given] = ledger.state(address, what);
        ledger.give(address, to, what);
      }
    } finally {
      if (given < number) {
        while (given-- > 0) {
          ledger.back(ring.word(words, 0, given), before[given]);
        }
      }
    }
  }

  /** Which entries that are not yet published were written. */
  private static final class Written {
    private final boolean[] entries;
    private final byte[] before;
    private final int mask;
    private int base;

    Written(int size) {
      entries = new boolean[size];
      before = new byte[size];
      mask = size - 1;
    }

    void put(int entry) {
      entries[(base + entry) & mask] = true;
    }

    void first(int number) {
      for (int i = 0; i < number; i++) {
        put(i);
      }
    }

    void check(int number, String what) {
      for (int i = 0; i < number; i++) {
        if (!entries[(base + i) & mask]) {
          throw new IllegalStateException(
              "%s: entry %d of %d was not written".formatted(what, i, number));
        }
      }
    }

    void shift(int number) {
      for (int i = 0; i < number; i++) {
        entries[(base + i) & mask] = false;
      }
      base = (base + number) & mask;
    }
  }
}
