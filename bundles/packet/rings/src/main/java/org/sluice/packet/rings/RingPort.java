// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;

/**
 * A port of frames over the rings of one or more queues.
 *
 * <p>Frames are received from all lanes in turn and sent by the first one that can, so that their
 * order is kept. Every chunk is in one place: free in the pool, with the other party (from the fill
 * to the receive ring, from the transmit to the completion ring), or with the holder.
 */
public final class RingPort implements FramePort {
  /** Fewer are not worth the way to the pool. */
  private static final int WORTH = 32;

  private static final int MOVED_AT_ONCE = 256;
  private static final int STUBBORN = 1000;

  private static final long PAUSE = 20_000;
  private static final long KNOWN = 0xffff_ffffL | (long) FrameBatch.CONTINUED << 32;
  private static final long ASKS = (long) TransmitMetadata.FLAG << 32;

  /**
   * What a port is made of.
   *
   * @param driver its name
   * @param where interface and queues
   * @param headroom before a reserved frame
   * @param chunkSize a power of two
   * @param overhead of a chunk, that a received frame cannot use
   * @param longest the longest packet that may be sent, to begin with
   */
  public record Build(
      String driver,
      String where,
      MemorySegment memory,
      int chunks,
      int chunkSize,
      int headroom,
      int overhead,
      int longest,
      List<Lane> lanes,
      Exchange exchange,
      Runnable closed) {}

  private final Build build;
  private final Exchange exchange;
  private final MemorySegment memory;
  private final int chunkSize;
  private final Lane[] receivers;
  private final int[] targets;
  private final boolean[] lacking;
  private final boolean[] cut;
  private final @Nullable Lane sender;
  private final int senderAt;
  private final int most;
  private final int before;
  private final long known;
  private final ChunkPool pool;
  private final Gate receiving;
  private final Gate sending;
  private final Tally received = new Tally();
  private final Tally sent = new Tally();
  private final ReentrantLock life = new ReentrantLock();
  private final ReentrantLock closing = new ReentrantLock();
  private final long[] refill = new long[MOVED_AT_ONCE];
  private final long[] reclaimed = new long[MOVED_AT_ONCE];
  private final long[] reserved = new long[MOVED_AT_ONCE];
  private int longest;
  private int next;
  private boolean pending;
  private boolean down;
  private volatile boolean starved;
  private volatile @Nullable RawRings raw;
  private @Nullable PortStatistics last;

  public RingPort(Build build) {
    this.build = build;
    exchange = build.exchange;
    memory = build.memory;
    chunkSize = build.chunkSize;
    longest = build.longest;
    pool = new ChunkPool(build.chunks, build.chunkSize);
    String name = build.driver + " port on " + build.where;
    receiving = new Gate(name, "receiving");
    sending = new Gate(name, "sending");
    receivers = build.lanes.stream().filter(lane -> lane.receive() != null).toArray(Lane[]::new);
    sender = build.lanes.stream().filter(lane -> lane.transmit() != null).findFirst().orElse(null);
    senderAt = build.lanes.indexOf(sender);
    targets = new int[receivers.length];
    lacking = new boolean[receivers.length];
    cut = new boolean[receivers.length];
    before = exchange.metadata();
    known = before == 0 ? KNOWN : KNOWN | ASKS;
    most = sender == null ? 0 : Math.min(exchange.most(), transmit(sender).size());
    int share =
        build.chunks / Math.max(1, sender == null ? receivers.length : receivers.length + 1);
    for (int i = 0; i < receivers.length; i++) {
      targets[i] = Math.min(fill(receivers[i]).size(), share);
      while (refill(i, 1)) {
        // goes on until the fill ring has its share
      }
    }
  }

  @Override
  public String driver() {
    return build.driver;
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public int chunkSize() {
    return chunkSize;
  }

  @Override
  public int headroom() {
    return build.headroom;
  }

  @Override
  public int frameSize() {
    return chunkSize - Math.max(build.headroom, build.overhead);
  }

  @Override
  public int receive(FrameBatch into) {
    receiving.enter();
    try {
      into.bind(memory, chunkSize);
      int got = 0;
      for (int tried = 0; tried < receivers.length && got == 0; tried++) {
        int lane = next;
        next = lane + 1 == receivers.length ? 0 : lane + 1;
        got = receive(lane, into);
      }
      return got;
    } finally {
      receiving.leave();
    }
  }

  private int receive(int lane, FrameBatch into) {
    ConsumerRing ring = receive(receivers[lane]);
    int found = ring.available(into.capacity());
    int got = found == 0 ? 0 : take(lane, ring, into, found);
    if (!refill(lane, WORTH) && found == 0) {
      remind(lane);
    }
    return got;
  }

  /** Who fell asleep just when chunks were put, has not seen them. */
  private void remind(int lane) {
    ProducerRing fill = fill(receivers[lane]);
    if (fill.needsWakeup() && fill.consumer() != fill.producer()) {
      received.add(Tally.Of.WAKEUPS, 1);
      exchange.refilled(lane);
    }
  }

  private int take(int lane, ConsumerRing ring, FrameBatch into, int found) {
    long[] words = into.words();
    ring.readDescriptors(words, found);
    if (cut[lane]) {
      int rest = packet(words, 0, found);
      cut[lane] = continued(words[2 * rest - 1]);
      discard(ring, words, rest);
      return 0;
    }
    int whole = found;
    while (whole > 0 && continued(words[2 * whole - 1])) {
      whole--;
    }
    if (whole == 0) {
      if (found == into.capacity()) {
        cut[lane] = true;
        received.add(Tally.Of.RECEIVE_INVALID, 1);
        discard(ring, words, found);
      }
      return 0;
    }
    ring.free(whole);
    pool.handedOut(whole);
    into.filled(whole);
    count(received, Tally.Of.RECEIVED, Tally.Of.RECEIVED_BYTES, words, 0, whole);
    return whole;
  }

  /** A part of a packet that no batch of this size can hold. */
  private void discard(ConsumerRing ring, long[] words, int number) {
    ring.free(number);
    pool.handedOut(number);
    pool.release(words, 2, number);
  }

  /**
   * Puts free chunks into the fill ring, up to the share of the lane. How many of them are with the
   * other party follows from the indices of this one alone.
   *
   * @param worth fewer are left for later
   * @return whether any were put
   */
  private boolean refill(int lane, int worth) {
    ProducerRing fill = fill(receivers[lane]);
    int with = fill.producer() - receive(receivers[lane]).consumer();
    int wanted = Math.min(targets[lane] - with, MOVED_AT_ONCE);
    if (wanted < worth && (wanted <= 0 || with > WORTH)) {
      return false;
    }
    int found = pool.take(refill, 0, wanted);
    if (found == 0) {
      // Whoever gives chunks back from now on wakes this side; who did just before, did not.
      lacks(lane, with < WORTH);
      found = pool.take(refill, 0, wanted);
      if (found == 0) {
        return false;
      }
    }
    lacks(lane, false);
    fill.putAddresses(refill, found);
    if (fill.needsWakeup()) {
      received.add(Tally.Of.WAKEUPS, 1);
      exchange.refilled(lane);
    }
    return true;
  }

  private void lacks(int lane, boolean chunks) {
    if (lacking[lane] != chunks) {
      lacking[lane] = chunks;
      boolean any = false;
      for (boolean one : lacking) {
        any |= one;
      }
      starved = any;
    }
  }

  @Override
  public boolean await(long nanos) {
    receiving.enter();
    try {
      for (int i = 0; i < receivers.length; i++) {
        refill(i, 1);
        if (receive(receivers[i]).available(1) > 0) {
          return true;
        }
      }
      return nanos > 0 && exchange.await(nanos);
    } finally {
      receiving.leave();
    }
  }

  @Override
  public void wake() {
    life.lock();
    try {
      if (last == null) {
        exchange.wake();
      }
    } finally {
      life.unlock();
    }
  }

  @Override
  public int reserve(FrameBatch into, int count) {
    sending.enter();
    try {
      Lane lane = sender();
      if (into.isEmpty()) {
        into.bind(memory, chunkSize);
      } else {
        own(into);
      }
      int added = 0;
      int wanted = Math.min(count, into.capacity() - into.count());
      while (added < wanted) {
        int found = pool.take(reserved, 0, Math.min(wanted - added, MOVED_AT_ONCE));
        if (found == 0 && reclaim(lane) == 0) {
          break;
        }
        for (int i = 0; i < found; i++) {
          into.add(reserved[i] + build.headroom, 0, 0);
        }
        added += found;
      }
      pool.handedOut(added);
      return added;
    } finally {
      sending.leave();
    }
  }

  @Override
  public int send(FrameBatch frames) {
    sending.enter();
    try {
      Lane lane = sender();
      own(frames);
      long[] words = frames.words();
      int count = frames.count();
      int taken = 0;
      longest = exchange.longest(build.longest, false);
      while (taken < count) {
        int valid = valid(words, taken, count);
        if (valid == 0) {
          taken += drop(words, taken, count, Tally.Of.SEND_INVALID);
          continue;
        }
        int put = put(lane, words, taken, valid);
        taken += put;
        if (put < valid) {
          while (down && taken < count) {
            taken += drop(words, taken, count, Tally.Of.SEND_DROPPED);
          }
          break;
        }
      }
      frames.removeFirst(taken);
      return taken;
    } finally {
      sending.leave();
    }
  }

  /** Puts whole packets into the transmit ring, as many as it has room for. */
  private int put(Lane lane, long[] words, int from, int number) {
    ProducerRing ring = transmit(lane);
    down = false;
    int room = room(lane, number);
    if (room < number) {
      kick();
      room = room(lane, number);
    }
    int whole = Math.min(room, number);
    while (whole > 0 && continued(words[2 * (from + whole) - 1])) {
      whole--;
    }
    if (whole > 0) {
      ring.putDescriptors(words, from, whole);
      pool.handedOut(-whole);
      pending = true;
      count(sent, Tally.Of.SENT, Tally.Of.SENT_BYTES, words, from, whole);
    }
    return whole;
  }

  /** Places in the transmit ring for which there is one in the completion ring too. */
  private int room(Lane lane, int wanted) {
    int with = transmit(lane).producer() - completion(lane).consumer();
    int room = transmit(lane).size() - with;
    while (room < wanted) {
      int back = reclaim(lane);
      if (back == 0) {
        break;
      }
      room += back;
    }
    return Math.min(room, transmit(lane).room(wanted));
  }

  /** Takes back what was sent. */
  private int reclaim(Lane lane) {
    ConsumerRing ring = completion(lane);
    int found = ring.available(MOVED_AT_ONCE);
    if (found > 0) {
      ring.readAddresses(reclaimed, found);
      ring.free(found);
      pool.give(reclaimed, 0, found);
      feed();
    }
    return found;
  }

  /** Wakes the receiving side when it waits without a chunk. */
  private void feed() {
    if (starved) {
      exchange.wake();
    }
  }

  /**
   * How many frames from {@code from} on can be sent, up to the first that cannot. Flags that mean
   * nothing to the other party are taken off.
   */
  private int valid(long[] words, int from, int count) {
    int begin = from;
    int total = 0;
    for (int i = from; i < count; i++) {
      int length = (int) words[2 * i + 1];
      total += length;
      if (length <= 0 || tooLong(total) || i - begin >= most || outside(words[2 * i], length)) {
        return begin - from;
      }
      words[2 * i + 1] &= i == begin ? known : KNOWN;
      if ((words[2 * i + 1] & ASKS) != 0 && !TransmitMetadata.sound(memory, words[2 * i], length)) {
        return begin - from;
      }
      if (!continued(words[2 * i + 1])) {
        begin = i + 1;
        total = 0;
      }
    }
    return begin - from;
  }

  private boolean tooLong(int length) {
    if (length > longest) {
      longest = exchange.longest(build.longest, true);
    }
    return length > longest;
  }

  private boolean outside(long address, int length) {
    return address < 0
        || (address & (chunkSize - 1)) < before
        || address > memory.byteSize() - length
        || (address & (chunkSize - 1)) + length > chunkSize;
  }

  /** Takes one packet that cannot be sent out of the way. */
  private int drop(long[] words, int from, int count, Tally.Of why) {
    int number = packet(words, from, count);
    for (int done = 0; done < number; ) {
      int some = Math.min(number - done, MOVED_AT_ONCE);
      for (int i = 0; i < some; i++) {
        reclaimed[i] = words[2 * (from + done + i)];
      }
      pool.release(reclaimed, 1, some);
      done += some;
    }
    sent.add(why, 1);
    feed();
    return number;
  }

  /** How many frames the packet has that begins here, as far as they are there. */
  private static int packet(long[] words, int from, int count) {
    int end = from;
    while (end < count && continued(words[2 * end + 1])) {
      end++;
    }
    return Math.min(end + 1, count) - from;
  }

  @Override
  public void flush() {
    sending.enter();
    try {
      Lane lane = sender();
      if (pending) {
        pending = !kick();
      }
      // What was sent is kept from piling up, without looking at the ring each time.
      if (transmit(lane).producer() - completion(lane).consumer() > transmit(lane).size() / 2) {
        reclaim(lane);
      }
    } finally {
      sending.leave();
    }
  }

  /** Has the other party send what stands in the ring; whether nothing is left. */
  private boolean kick() {
    ProducerRing ring = transmit(sender());
    int before = ring.consumer();
    for (int idle = 0; idle < STUBBORN; ) {
      sent.add(Tally.Of.WAKEUPS, 1);
      Exchange.Sent result = exchange.transmit(senderAt);
      int after = ring.consumer();
      if (result == Exchange.Sent.LOST) {
        sent.add(Tally.Of.SEND_DROPPED, 1);
      }
      if (result == Exchange.Sent.GONE) {
        down = true;
        withdraw(ring, true);
        return true;
      }
      if (result == Exchange.Sent.DOWN) {
        down = true;
        return after == ring.producer();
      }
      if (after == ring.producer()) {
        return true;
      }
      if (after != before) {
        before = after;
        idle = 0;
      } else if (result == Exchange.Sent.DONE) {
        return true;
      } else {
        // What was sent before must leave the interface first.
        reclaim(sender());
        LockSupport.parkNanos(this, PAUSE);
        idle++;
      }
    }
    return false;
  }

  /**
   * Counts what the other party never looked at as dropped.
   *
   * @param back whether the chunks come back, for the other party never will look at them
   */
  private void withdraw(ProducerRing ring, boolean back) {
    int left = ring.producer() - ring.consumer();
    for (int done = 0; done < left; ) {
      int some = Math.min(left - done, MOVED_AT_ONCE);
      for (int i = 0; i < some; i++) {
        reclaimed[i] = ring.word(2, 0, done + i - left);
        sent.add(Tally.Of.SEND_DROPPED, continued(ring.word(2, 1, done + i - left)) ? 0 : 1);
      }
      if (back) {
        pool.give(reclaimed, 0, some);
      }
      done += some;
    }
    if (back && left > 0) {
      ring.publish(-left);
      feed();
    }
  }

  @Override
  public void release(FrameBatch frames) {
    if (frames.isEmpty()) {
      return;
    }
    own(frames);
    pool.release(frames.words(), 2, frames.count());
    frames.clear();
    if (starved) {
      wake();
    }
  }

  @Override
  public void match(Match match) throws PortException {
    life.lock();
    try {
      if (last != null) {
        throw new PortClosedException(build.driver + " port on " + build.where);
      }
      exchange.match(match);
    } finally {
      life.unlock();
    }
  }

  @Override
  public PortStatistics statistics() {
    life.lock();
    try {
      PortStatistics final_ = last;
      return final_ != null ? final_ : count();
    } finally {
      life.unlock();
    }
  }

  private PortStatistics count() {
    Exchange.Counts counts = exchange.counts();
    RawRings heir = raw;
    return new PortStatistics(
        received.get(Tally.Of.RECEIVED),
        received.get(Tally.Of.RECEIVED_BYTES),
        sent.get(Tally.Of.SENT),
        sent.get(Tally.Of.SENT_BYTES),
        counts.receiveDropped(),
        received.get(Tally.Of.RECEIVE_INVALID) + counts.receiveInvalid(),
        sent.get(Tally.Of.SEND_DROPPED),
        sent.get(Tally.Of.SEND_INVALID) + counts.sendInvalid(),
        received.get(Tally.Of.WAKEUPS)
            + sent.get(Tally.Of.WAKEUPS)
            + (heir == null ? 0 : heir.wakeups()));
  }

  @Override
  public PortReport report() {
    life.lock();
    try {
      if (last != null) {
        throw new PortClosedException(build.driver + " port on " + build.where);
      }
      List<PortReport.Ring> rings = new ArrayList<>();
      int fill = 0;
      int waiting = 0;
      int sendings = 0;
      int completed = 0;
      for (Lane lane : build.lanes) {
        if (lane.receive() != null && lane.fill() != null) {
          PortReport.Ring in = lane.receive().report(lane.name() + " receive");
          PortReport.Ring free = lane.fill().report(lane.name() + " fill");
          rings.add(in);
          rings.add(free);
          waiting += in.level();
          fill += (int) (free.producer() - in.producer());
        }
        if (lane.transmit() != null && lane.completion() != null) {
          PortReport.Ring out = lane.transmit().report(lane.name() + " transmit");
          PortReport.Ring done = lane.completion().report(lane.name() + " completion");
          rings.add(out);
          rings.add(done);
          completed += done.level();
          sendings += (int) (out.producer() - done.producer());
        }
      }
      int held = raw == null ? pool.held() : pool.total() - fill - waiting - sendings - completed;
      FrameCensus census =
          new FrameCensus(pool.free(), fill, waiting, held, sendings, completed, pool.total());
      return new PortReport(
          build.driver,
          build.where,
          exchange.mode(),
          exchange.state(),
          census,
          rings,
          count(),
          exchange.facts());
    } finally {
      life.unlock();
    }
  }

  /** Who makes of the rings what is used in place of this port. */
  interface Heir {
    RawRings made(Build build, long[] free);
  }

  /** Shuts both sides for ever, and hands over what they used. */
  RawRings handOver(Heir heir) throws PortException {
    String name = build.driver + " port on " + build.where;
    closing.lock();
    try {
      if (sender != null) {
        settle(sender);
      }
      if (pool.held() != 0) {
        throw new PortException(
            "%s: %d frames are still with its holder or on their way; release them first"
                .formatted(name, pool.held()));
      }
      if (!receiving.shut(this::wake)) {
        throw new PortClosedException(name);
      }
      sending.shut(() -> {});
      long[] free = new long[pool.free()];
      pool.take(free, 0, free.length);
      pool.handedOut(free.length);
      RawRings made = heir.made(build, free);
      raw = made;
      return made;
    } finally {
      closing.unlock();
    }
  }

  /** Takes back what was sent, so that the one who takes over begins with nothing on its way. */
  private void settle(Lane lane) throws PortException {
    sending.enter();
    try {
      for (int i = 0; i < STUBBORN; i++) {
        reclaim(lane);
        if (transmit(lane).producer() == completion(lane).consumer()) {
          return;
        }
        kick();
        LockSupport.parkNanos(this, PAUSE);
      }
    } finally {
      sending.leave();
    }
    throw new PortException(
        build.driver + " port on " + build.where + ": frames are still on their way");
  }

  @Override
  public void close() {
    closing.lock();
    try {
      // Whoever comes second waits here until nothing is left, and is done.
      boolean first = receiving.shut(this::wake);
      RawRings heir = raw;
      if (heir != null) {
        heir.close();
      } else if (first) {
        sending.shut(() -> {});
        end();
      }
    } finally {
      closing.unlock();
    }
  }

  /** Takes everything back; both sides, or who took over from them, are shut. */
  void end() {
    life.lock();
    try {
      if (last != null) {
        return;
      }
      if (sender != null && raw == null) {
        withdraw(transmit(sender), false);
      }
      last = count();
      exchange.close();
    } finally {
      life.unlock();
    }
    build.closed.run();
  }

  /** A closed port may have had its memory at the same place, but not for as long. */
  private void own(FrameBatch frames) {
    if (!frames.isEmpty() && !Port.sameMemory(frames.memory(), memory)) {
      throw new IllegalArgumentException(
          "the frames are of another port than the "
              + build.driver
              + " port on "
              + build.where
              + "; copy them into frames that it reserved");
    }
  }

  private Lane sender() {
    if (sender == null) {
      throw new IllegalStateException(
          "the " + build.driver + " port on " + build.where + " was opened for receiving only");
    }
    return sender;
  }

  private static boolean continued(long word) {
    return (word >>> 32 & FrameBatch.CONTINUED) != 0;
  }

  private static void count(
      Tally tally, Tally.Of packets, Tally.Of bytes, long[] words, int from, int number) {
    long sum = sum(words, from, number);
    tally.add(packets, number - (sum >>> 32));
    tally.add(bytes, sum & 0xffff_ffffL);
  }

  /** In the upper half, how many go on in the next one; in the lower one, all bytes. */
  private static long sum(long[] words, int from, int number) {
    long sum = 0;
    for (int i = from; i < from + number; i++) {
      sum += words[2 * i + 1] & KNOWN;
    }
    return sum;
  }

  private static ConsumerRing receive(Lane lane) {
    return java.util.Objects.requireNonNull(lane.receive());
  }

  private static ProducerRing fill(Lane lane) {
    return java.util.Objects.requireNonNull(lane.fill());
  }

  private static ProducerRing transmit(Lane lane) {
    return java.util.Objects.requireNonNull(lane.transmit());
  }

  private static ConsumerRing completion(Lane lane) {
    return java.util.Objects.requireNonNull(lane.completion());
  }
}
