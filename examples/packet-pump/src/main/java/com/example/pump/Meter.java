package com.example.pump;

/** What went in one direction. One thread counts, any thread reads. */
final class Meter {
  private volatile long packets;
  private volatile long bytes;

  /**
   * @param frames two words each: the address; the length, and in the upper half whether the packet
   *     goes on in the next one
   */
  void add(long[] frames, int number) {
    int ended = 0;
    long length = 0;
    for (int i = 0; i < number; i++) {
      length += (int) frames[2 * i + 1];
      ended += frames[2 * i + 1] >>> 32 == 0 ? 1 : 0;
    }
    packets += ended;
    bytes += length;
  }

  Pump.Row row(String from, String to) {
    return new Pump.Row(from, to, packets, bytes);
  }
}
