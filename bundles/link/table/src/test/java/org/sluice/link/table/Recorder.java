// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;

/** Writes down what it is told, and checks that no number is left out. */
class Recorder implements LinkListener {
  private final List<LinkSnapshot> pictures = new ArrayList<>();
  private final List<LinkEvent> events = new ArrayList<>();
  private final List<String> gaps = new ArrayList<>();
  private long last = -1;
  private long missed;

  @Override
  public void picture(LinkSnapshot whole, long lost) {
    note(whole, lost);
  }

  @Override
  public void event(LinkEvent event) {
    note(event);
  }

  private synchronized void note(LinkSnapshot whole, long lost) {
    pictures.add(whole);
    if (last >= 0 && whole.number() != last + lost) {
      gaps.add("picture " + whole.number() + " after " + last + " with " + lost + " missed");
    }
    missed += lost;
    last = whole.number();
    notifyAll();
  }

  private synchronized void note(LinkEvent event) {
    if (last >= 0 && event.number() != last + 1) {
      gaps.add("event " + event.number() + " after " + last);
    }
    last = event.number();
    events.add(event);
    notifyAll();
  }

  synchronized Recorder awaitNumber(long number) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (last < number) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("was told up to " + last + ", not " + number);
      }
      wait(left);
    }
    return this;
  }

  synchronized List<LinkSnapshot> pictures() {
    return List.copyOf(pictures);
  }

  synchronized List<LinkEvent> events() {
    return List.copyOf(events);
  }

  synchronized List<String> names() {
    return events.stream().map(LinkEvent::name).toList();
  }

  synchronized List<String> gaps() {
    return List.copyOf(gaps);
  }

  synchronized long missed() {
    return missed;
  }

  /** One that does not return from its first call until it may. */
  static final class Slow extends Recorder {
    private final CountDownLatch may = new CountDownLatch(1);

    @Override
    public void picture(LinkSnapshot whole, long lost) {
      super.picture(whole, lost);
      try {
        may.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void release() {
      may.countDown();
    }
  }
}
