package com.example.balancer;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * By which station each client was heard last: that of the client, or of a router to it. One that
 * has the place of another one in this table takes it over, and the other one has it again with its
 * next packet.
 */
final class Clients {
  private final AtomicLongArray places = new AtomicLongArray(1 << 16);

  void heard(int address, long mac) {
    int mixed = Rendezvous.mix(address);
    long entry = mac << 16 | mixed & 0xffff;
    if (places.getPlain(mixed >>> 16) != entry) {
      places.setRelease(mixed >>> 16, entry);
    }
  }

  /** 0 when it was not heard. */
  long of(int address) {
    // Place and rest together are the address, for mixing loses nothing.
    int mixed = Rendezvous.mix(address);
    long entry = places.getAcquire(mixed >>> 16);
    return (entry & 0xffff) == (mixed & 0xffff) ? entry >>> 16 : 0;
  }
}
