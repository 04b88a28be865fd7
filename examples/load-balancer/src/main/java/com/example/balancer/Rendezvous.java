package com.example.balancer;

/**
 * Who answers whom: of all backends that are alive the one that scores highest with a flow. Nothing
 * is remembered. When one goes only its own flows move, evenly to the others, and they come back
 * with it.
 */
final class Rendezvous {
  private Rendezvous() {}

  /** The backend of a flow; null when none is alive. */
  static Backend choose(Backend[] backends, int source, int sourcePort, int target, int port) {
    int flow = mix(mix(mix(source) ^ target) ^ (sourcePort << 16 | port));
    Backend best = null;
    int highest = 0;
    for (Backend backend : backends) {
      int score = mix(flow ^ backend.seed);
      if (backend.alive() && (best == null || Integer.compareUnsigned(score, highest) > 0)) {
        best = backend;
        highest = score;
      }
    }
    return best;
  }

  /** Spreads the bits of a number over all of it; two numbers never become the same. */
  static int mix(int number) {
    int mixed = number;
    mixed = (mixed ^ mixed >>> 16) * 0x7feb352d;
    mixed = (mixed ^ mixed >>> 15) * 0x846ca68b;
    return mixed ^ mixed >>> 16;
  }
}
