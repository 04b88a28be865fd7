// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.Spliterators;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The last records, and those who read on. */
final class Recent {
  private static final int READER_QUEUE = 1024;

  private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
  private final Set<BlockingQueue<LogLine>> readers = ConcurrentHashMap.newKeySet();
  private int keep;

  Recent(int keep) {
    this.keep = keep;
  }

  synchronized void keep(int most) {
    keep = most;
    trim();
  }

  synchronized void add(LogLine line) {
    lines.addLast(line);
    trim();
    // A reader that does not read misses records; it must not make the log wait.
    readers.forEach(reader -> reader.offer(line));
  }

  private void trim() {
    while (lines.size() > keep) {
      lines.removeFirst();
    }
  }

  /** Oldest first. */
  synchronized List<LogLine> last(int most, Severity least) {
    List<LogLine> some = lines.stream().filter(line -> line.level().reaches(least)).toList();
    return List.copyOf(some.subList(Math.max(0, some.size() - most), some.size()));
  }

  /** The last ones, then what comes, until the stream is closed or its thread interrupted. */
  synchronized Stream<LogLine> follow(int most, Severity least) {
    BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(READER_QUEUE);
    List<LogLine> before = last(most, least);
    readers.add(queue);
    Stream<LogLine> coming =
        StreamSupport.stream(new Coming(queue), false).filter(line -> line.level().reaches(least));
    return Stream.concat(before.stream(), coming).onClose(() -> readers.remove(queue));
  }

  private static final class Coming extends Spliterators.AbstractSpliterator<LogLine> {
    private final BlockingQueue<LogLine> queue;

    Coming(BlockingQueue<LogLine> queue) {
      super(Long.MAX_VALUE, ORDERED | NONNULL);
      this.queue = queue;
    }

    @Override
    public boolean tryAdvance(Consumer<? super LogLine> action) {
      try {
        action.accept(queue.take());
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
