// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;

/**
 * Events as a stream that ends when its reader closes it or is interrupted. The thread of the
 * subscription waits for the reader, and the table for neither.
 */
final class EventFlow implements LinkListener {
  private final BlockingQueue<EventRow> rows = new ArrayBlockingQueue<>(64);
  private final Names names;

  private EventFlow(Names names) {
    this.names = names;
  }

  static Stream<EventRow> after(long number, LinkTable table) {
    EventFlow flow = new EventFlow(Names.in(table.snapshot()));
    LinkSubscription subscription = table.resume("shell", number, flow);
    return StreamSupport.stream(flow.new Rows(), false).onClose(subscription::close);
  }

  @Override
  public void picture(LinkSnapshot whole, long missed) {
    names.learn(whole);
    pass(EventRow.missed(whole, missed));
  }

  @Override
  public void event(LinkEvent event) {
    names.learn(event);
    pass(EventRow.of(event, names));
  }

  private void pass(EventRow row) {
    try {
      rows.put(row);
    } catch (InterruptedException e) {
      // The subscription is being closed; its thread finds that out by itself.
      Thread.currentThread().interrupt();
    }
  }

  private final class Rows extends Spliterators.AbstractSpliterator<EventRow> {
    Rows() {
      super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
    }

    @Override
    public boolean tryAdvance(Consumer<? super EventRow> action) {
      try {
        action.accept(rows.take());
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
