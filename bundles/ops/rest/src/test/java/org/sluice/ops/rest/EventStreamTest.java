// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sluice.ops.api.EventFeed.FeedEvent;

class EventStreamTest {
  record Data(String text) {}

  @Test
  void anEventIsItsLinesWhateverItHolds() {
    StringBuilder out = new StringBuilder();
    EventStream.format(new FeedEvent(7, "a\nid: 9\r", new Data("x\n\nid: 8\rü")), out);
    assertEquals(
        "id: 7\nevent: a id: 9 \ndata: {\"text\":\"x\\n\\nid: 8\\rü\"}\n\n", out.toString());
  }
}
