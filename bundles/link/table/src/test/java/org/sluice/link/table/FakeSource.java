// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.LinkSource;

/** A source that says what the test wants. */
final class FakeSource implements LinkSource {
  private final String name;
  private final int rank;
  private @Nullable LinkSink sink;
  private boolean detached;

  FakeSource(String name, int rank) {
    this.name = name;
    this.rank = rank;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public void attach(LinkSink to) {
    sink = to;
    detached = false;
  }

  @Override
  public void detach() {
    detached = true;
  }

  boolean detached() {
    return detached;
  }

  LinkSink sink() {
    LinkSink attached = sink;
    if (attached == null) {
      throw new IllegalStateException("not attached");
    }
    return attached;
  }

  void present(Fact... all) {
    sink().present(EnumSet.allOf(Fact.Kind.class), List.of(all));
  }
}
