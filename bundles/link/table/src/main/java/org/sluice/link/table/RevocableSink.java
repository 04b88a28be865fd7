// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState;

/** The token of one source; dead from the moment it is revoked. */
final class RevocableSink implements LinkSink {
  private final LiveTable table;
  private final Contribution contribution;
  private volatile @Nullable String revoked;

  RevocableSink(LiveTable table, Contribution contribution) {
    this.table = table;
    this.contribution = contribution;
  }

  Contribution contribution() {
    return contribution;
  }

  void revoke(String reason) {
    revoked = reason;
  }

  /** Called under the lock of the table, so that nothing slips in after a revocation. */
  void check() {
    String reason = revoked;
    if (reason != null) {
      throw new SinkRevokedException(contribution.source(), reason);
    }
  }

  @Override
  public void present(Set<Fact.Kind> kinds, Collection<? extends Fact> all) {
    table.present(this, kinds, all);
  }

  @Override
  public void put(Fact fact) {
    table.put(this, fact);
  }

  @Override
  public void remove(Fact.Key key) {
    table.remove(this, key);
  }

  @Override
  public void condition(SourceState.Condition condition, String text) {
    table.condition(this, condition, text);
  }
}
