// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.concurrent.CopyOnWriteArrayList;
import org.sluice.packet.api.FrameBatch;

/**
 * Shows frames to whoever looks at them as they pass. Costs one look at a field when nobody does.
 */
final class Trace {
  private final CopyOnWriteArrayList<Viewer> viewers = new CopyOnWriteArrayList<>();
  private volatile boolean on;

  /** Is shown packets; must not block. */
  interface Viewer {
    /**
     * Called by the thread that moves the frames; they are valid during the call.
     *
     * @param from the first frame of one packet
     * @param to the frame behind its last one
     */
    void see(String link, boolean in, FrameBatch frames, int from, int to);

    /** Nothing will be shown any more. */
    void end();
  }

  boolean on() {
    return on;
  }

  synchronized void add(Viewer viewer) {
    viewers.add(viewer);
    on = true;
  }

  synchronized void remove(Viewer viewer) {
    viewers.remove(viewer);
    on = !viewers.isEmpty();
  }

  /** Tells all viewers that it is over. */
  void end() {
    viewers.forEach(Viewer::end);
  }

  void received(String link, FrameBatch frames) {
    show(link, true, frames);
  }

  /** Before the port takes them: what it has no room for is shown again when it is sent again. */
  void sent(String link, FrameBatch frames) {
    show(link, false, frames);
  }

  private void show(String link, boolean in, FrameBatch frames) {
    int count = frames.count();
    for (Viewer viewer : viewers) {
      int from = 0;
      for (int i = 0; i < count; i++) {
        if (!frames.continued(i) || i == count - 1) {
          viewer.see(link, in, frames, from, i + 1);
          from = i + 1;
        }
      }
    }
  }
}
