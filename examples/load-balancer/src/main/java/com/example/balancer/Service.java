package com.example.balancer;

import java.net.InetAddress;
import java.util.Arrays;
import org.sluice.packet.api.Match;

/** What is served, and by whom. Never changed: replaced. */
record Service(String text, int address, int port, Backend[] backends) {

  /**
   * @param before whose backends keep what is known of them; null at the beginning
   */
  static Service of(Balancer.Config config, Service before) {
    Backend[] known = before == null ? new Backend[0] : before.backends;
    Backend[] backends =
        Arrays.stream(config.backends()).distinct().map(text -> one(text, known)).toArray(Backend[]::new);
    return new Service(config.address(), Addresses4.of(config.address()), config.port(), backends);
  }

  private static Backend one(String text, Backend[] known) {
    return Arrays.stream(known)
        .filter(backend -> backend.text.equals(text))
        .findFirst()
        .orElseGet(() -> new Backend(text));
  }

  Match match() {
    return new Match.Destination(InetAddress.ofLiteral(text), port);
  }

  /** The backend with this address; null when it is none of ours. */
  Backend at(int backend) {
    for (Backend one : backends) {
      if (one.address == backend) {
        return one;
      }
    }
    return null;
  }
}
