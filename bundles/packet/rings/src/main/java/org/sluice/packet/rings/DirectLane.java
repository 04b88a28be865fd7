// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import org.jspecify.annotations.Nullable;

/** Rings that trust their user. */
final class DirectLane implements RawLane {
  private final String name;
  private final @Nullable Receive receive;
  private final @Nullable Fill fill;
  private final @Nullable Transmit transmit;
  private final @Nullable Completion completion;

  DirectLane(Lane lane) {
    name = lane.name();
    receive = lane.receive() == null ? null : new Receive(lane.receive());
    fill = lane.fill() == null ? null : new Fill(lane.fill());
    transmit = lane.transmit() == null ? null : new Transmit(lane.transmit());
    completion = lane.completion() == null ? null : new Completion(lane.completion());
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

  static final class Receive implements ReceiveRing {
    private final ConsumerRing ring;

    Receive(ConsumerRing ring) {
      this.ring = ring;
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int peek(int most) {
      return ring.available(most);
    }

    @Override
    public long address(int entry) {
      return ring.word(2, 0, entry);
    }

    @Override
    public int length(int entry) {
      return (int) ring.word(2, 1, entry);
    }

    @Override
    public int flags(int entry) {
      return (int) (ring.word(2, 1, entry) >>> 32);
    }

    @Override
    public void read(long[] into, int number) {
      ring.readDescriptors(into, number);
    }

    @Override
    public void free(int number) {
      ring.free(number);
    }
  }

  static final class Fill implements FillRing {
    private final ProducerRing ring;

    Fill(ProducerRing ring) {
      this.ring = ring;
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int reserve(int most) {
      return ring.room(most);
    }

    @Override
    public void put(int entry, long address) {
      ring.word(1, 0, entry, address);
    }

    @Override
    public void put(long[] addresses, int number) {
      ring.writeAddresses(addresses, number);
    }

    @Override
    public void publish(int number) {
      ring.publish(number);
    }

    @Override
    public boolean needsWakeup() {
      return ring.needsWakeup();
    }
  }

  static final class Transmit implements TransmitRing {
    private final ProducerRing ring;

    Transmit(ProducerRing ring) {
      this.ring = ring;
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int reserve(int most) {
      return ring.room(most);
    }

    @Override
    public void put(int entry, long address, int length, int flags) {
      ring.word(2, 0, entry, address);
      ring.word(2, 1, entry, (length & 0xffff_ffffL) | (long) flags << 32);
    }

    @Override
    public void put(long[] words, int number) {
      ring.writeDescriptors(words, 0, number);
    }

    @Override
    public void publish(int number) {
      ring.publish(number);
    }

    @Override
    public boolean needsWakeup() {
      return ring.needsWakeup();
    }
  }

  static final class Completion implements CompletionRing {
    private final ConsumerRing ring;

    Completion(ConsumerRing ring) {
      this.ring = ring;
    }

    @Override
    public int size() {
      return ring.size();
    }

    @Override
    public int peek(int most) {
      return ring.available(most);
    }

    @Override
    public long address(int entry) {
      return ring.word(1, 0, entry);
    }

    @Override
    public void read(long[] into, int number) {
      ring.readAddresses(into, number);
    }

    @Override
    public void free(int number) {
      ring.free(number);
    }
  }
}
