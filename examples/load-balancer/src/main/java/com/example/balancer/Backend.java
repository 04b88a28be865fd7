package com.example.balancer;

/** One of those who answer. The address of its interface is known once the health check reached it. */
final class Backend {
  final String text;
  final int address;
  private final int seed;
  volatile boolean alive;
  volatile long mac;
  private volatile long packets;

  Backend(String text) {
    this.text = text;
    address = Addresses4.of(text);
    seed = Rendezvous.mix(address);
  }

  int seed() {
    return seed;
  }

  /** Only the thread that forwards to it calls this. */
  void counted() {
    packets++;
  }

  long packets() {
    return packets;
  }
}
