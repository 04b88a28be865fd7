package com.example.pump;

/** What went in one direction. One thread counts, any thread reads. */
final class Meter {
  private volatile long packets;
  private volatile long bytes;
  private volatile long dropped;

  void add(int passed, long length, int lost) {
    packets += passed;
    bytes += length;
    dropped += lost;
  }

  Pump.Row row(String from, String to) {
    return new Pump.Row(from, to, packets, bytes, dropped);
  }
}
