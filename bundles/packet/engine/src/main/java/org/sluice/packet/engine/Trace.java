// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sluice.packet.api.FrameBatch;

/**
 * Shows frames to whoever looks at them as they pass. Costs one look at a field when nobody does.
 */
final class Trace {
  private final CopyOnWriteArrayList<Viewer> viewers = new CopyOnWriteArrayList<>();
  private volatile boolean on;

  /** Is shown frames; must not block. */
  @FunctionalInterface
  interface Viewer {
    /** Called by the thread that moves the frames; the memory is valid during the call. */
    void see(String link, boolean in, MemorySegment memory, long address, int length, int flags);
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

  void received(String link, FrameBatch frames) {
    show(link, true, frames);
  }

  void sent(String link, FrameBatch frames) {
    show(link, false, frames);
  }

  private void show(String link, boolean in, FrameBatch frames) {
    for (Viewer viewer : viewers) {
      for (int i = 0; i < frames.count(); i++) {
        viewer.see(link, in, frames.memory(), frames.address(i), frames.length(i), frames.flags(i));
      }
    }
  }

  /** The first bytes of a frame, on the heap. */
  static byte[] bytes(MemorySegment memory, long address, int length, int most) {
    byte[] bytes = new byte[Math.min(length, most)];
    MemorySegment.copy(memory, JAVA_BYTE, address, bytes, 0, bytes.length);
    return bytes;
  }
}
