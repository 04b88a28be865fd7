// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Carries what is sent at one end to all others. Guarded by the network. */
final class Cable {
  private final String name;
  private final List<End> ends = new ArrayList<>();
  private final List<Outlet> outlets = new ArrayList<>();
  private boolean plugged = true;

  Cable(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  List<End> ends() {
    return ends;
  }

  List<Outlet> outlets() {
    return outlets;
  }

  boolean plugged() {
    return plugged;
  }

  void plug(boolean in) {
    plugged = in;
  }

  void carry(End sender, MemorySegment from, long at, int length) {
    for (int i = 0; i < ends.size(); i++) {
      End end = ends.get(i);
      if (end != sender) {
        end.arrive(from, at, length);
      }
    }
  }

  void announce(End sender) {
    for (int i = 0; i < ends.size(); i++) {
      End end = ends.get(i);
      if (end != sender) {
        end.announce();
      }
    }
  }

  /** Lets everything arrive that is still on its way. */
  void settle() {
    for (int i = 0; i < outlets.size(); i++) {
      outlets.get(i).settle();
    }
  }
}
