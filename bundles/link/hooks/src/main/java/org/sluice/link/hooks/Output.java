// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The first of what a program writes; the rest is counted. For one thread. */
final class Output {
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final int limit;
  private long more;

  Output(int limit) {
    this.limit = limit;
  }

  void add(byte[] bytes) {
    int room = Math.min(bytes.length, limit - kept.size());
    kept.write(bytes, 0, room);
    more += bytes.length - room;
  }

  String text() {
    String text = Printable.lines(kept.toString(StandardCharsets.UTF_8).stripTrailing());
    return more == 0 ? text : text + "\n(and " + more + " bytes more)";
  }
}
