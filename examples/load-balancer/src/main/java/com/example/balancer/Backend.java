package com.example.balancer;

/** One of those who answer. Until it answered the first check it is not alive. */
final class Backend {
  final String text;
  final int address;
  final int seed;
  private volatile boolean alive;
  private volatile long mac;
  private volatile long packets;
  private volatile long answers;

  /** Checks in a row that contradict what is believed. The first answer is believed at once. */
  private int contrary = Integer.MAX_VALUE - 1;

  Backend(String text) {
    this.text = text;
    address = Addresses4.of(text);
    seed = Rendezvous.mix(address);
  }

  boolean alive() {
    return alive;
  }

  /** Of its interface; known when it is alive. */
  long mac() {
    return mac;
  }

  /**
   * What a check found. One at a time.
   *
   * @param found the address of its interface; 0 when it did not answer
   * @return whether it lives or died by that
   */
  boolean checked(long found, int rise, int fall) {
    boolean answered = found != 0;
    if (answered) {
      mac = found;
    }
    contrary = answered == alive ? 0 : contrary + 1;
    if (contrary < (alive ? fall : rise)) {
      return false;
    }
    alive = answered;
    contrary = 0;
    return true;
  }

  /** Called by the thread that brings packets, and by no other. */
  void sent() {
    packets++;
  }

  /** Called by the thread that brings answers, and by no other. */
  void answered() {
    answers++;
  }

  long packets() {
    return packets;
  }

  long answers() {
    return answers;
  }
}
