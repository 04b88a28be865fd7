// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RingTest {
  private static final int DESCRIPTOR = 16;

  private static RingPlace place(int size, int entry, int start) {
    MemorySegment memory = Arena.ofAuto().allocate(RingPlace.length(size, entry), 64);
    RingPlace place = RingPlace.in(memory, size);
    memory.set(JAVA_INT, place.producer(), start);
    memory.set(JAVA_INT, place.consumer(), start);
    return place;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, -1, -8, 12, 1000, Integer.MIN_VALUE})
  void sizesThatAreNoPowerOfTwoAreRefused(int size) {
    assertThrows(
        IllegalArgumentException.class, () -> new RingPlace(MemorySegment.NULL, 0, 4, 8, 16, size));
  }

  @Test
  void entriesOutOfLineAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> new RingPlace(MemorySegment.NULL, 0, 4, 8, 20, 2));
  }

  /** Every number of entries at every place of the ring, also where the indices wrap around. */
  @ParameterizedTest
  @CsvSource({"1,0", "1,-5", "2,0", "2,-5", "4,-5", "8,-5", "8,2147483645", "64,-5"})
  void whatIsPutComesOutInOrder(int size, int start) {
    RingPlace descriptors = place(size, DESCRIPTOR, start);
    RingPlace addresses = place(size, 8, start);
    ProducerRing putD = new ProducerRing(descriptors);
    ConsumerRing takeD = new ConsumerRing(descriptors);
    ProducerRing putA = new ProducerRing(addresses);
    ConsumerRing takeA = new ConsumerRing(addresses);
    long[] words = new long[2 * size + 2];
    long[] read = new long[2 * size];
    long next = 0;
    for (int round = 0; round < 5; round++) {
      for (int number = 1; number <= size; number++) {
        assertEquals(0, takeD.available(size), "empty");
        assertEquals(0, takeA.available(size), "empty");
        assertEquals(size, putD.room(size));
        assertEquals(number, putD.room(number));
        assertEquals(size, putD.room(size + 1), "never more than the ring holds");
        for (int i = 0; i < number; i++) {
          words[2 * i + 2] = next + i;
          words[2 * i + 3] = ~(next + i);
        }
        putD.putDescriptors(words, 1, number);
        assertEquals(size - number, putD.room(size));
        assertEquals(number, takeD.available(size));
        takeD.readDescriptors(read, number);
        for (int i = 0; i < number; i++) {
          assertEquals(next + i, read[2 * i]);
          assertEquals(~(next + i), read[2 * i + 1]);
          words[i] = next + i;
        }
        takeD.free(number);
        putA.putAddresses(words, number);
        assertEquals(number, takeA.available(size));
        takeA.readAddresses(read, number);
        for (int i = 0; i < number; i++) {
          assertEquals(next + i, read[i]);
        }
        takeA.free(number);
        next += number;
      }
    }
    assertEquals(putD.producer(), takeD.consumer());
    assertEquals(putD.producer(), putD.consumer());
    assertEquals(start + (int) next, putD.producer());
  }

  @Test
  void aFullRingHasNoRoomUntilSomethingIsFreed() {
    RingPlace place = place(4, DESCRIPTOR, -2);
    ProducerRing put = new ProducerRing(place);
    ConsumerRing take = new ConsumerRing(place);
    put.putDescriptors(new long[8], 0, 4);
    assertEquals(0, put.room(1));
    assertEquals(4, take.available(4));
    take.readDescriptors(new long[8], 2);
    assertEquals(0, put.room(1), "what was read but not freed still takes its place");
    take.free(1);
    assertEquals(1, put.room(4));
  }

  @Test
  void entriesCanBeFreedFewerThanWereRead() {
    RingPlace place = place(4, DESCRIPTOR, -5);
    ProducerRing put = new ProducerRing(place);
    ConsumerRing take = new ConsumerRing(place);
    put.putDescriptors(new long[] {1, 1, 2, 2, 3, 3}, 0, 3);
    long[] read = new long[8];
    take.readDescriptors(read, take.available(4));
    take.free(1);
    assertEquals(2, take.available(4));
    take.readDescriptors(read, 2);
    assertEquals(2, read[0]);
    assertEquals(3, read[2]);
  }

  @Test
  void aRingThatIsInUseIsTakenOver() {
    RingPlace place = place(4, 8, -1);
    new ProducerRing(place).putAddresses(new long[] {7, 8}, 2);
    ProducerRing second = new ProducerRing(place);
    ConsumerRing take = new ConsumerRing(place);
    assertEquals(2, second.room(4));
    second.putAddresses(new long[] {9}, 1);
    assertEquals(3, take.available(4));
  }

  @Test
  void theReportShowsIndicesWithoutSign() {
    RingPlace place = place(4, 8, -1);
    ProducerRing put = new ProducerRing(place);
    put.putAddresses(new long[3], 3);
    assertEquals(2, put.report("x").producer());
    assertEquals(0xffff_ffffL, put.report("x").consumer());
    assertEquals(3, put.report("x").level());
    assertFalse(put.needsWakeup());
    place.memory().set(JAVA_INT, place.flags(), 1);
    assertTrue(put.needsWakeup());
    assertTrue(put.report("x").needsWakeup());
  }

  /** Each entry carries its number and the complement of it: a torn or stale one shows. */
  @ParameterizedTest
  @ValueSource(ints = {2, 64, 2048})
  void twoThreadsSeeEveryEntryOnceAndWhole(int size) throws Exception {
    long entries =
        (Boolean.getBoolean("sluice.long") ? 20_000_000L : 2_000_000L) / (size < 64 ? 4 : 1);
    RingPlace place = place(size, DESCRIPTOR, -5);
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread producer =
        Thread.ofPlatform()
            .name("packet/rings/producer")
            .start(
                () -> {
                  ProducerRing ring = new ProducerRing(place);
                  long[] words = new long[2 * size];
                  for (long next = 0; next < entries && !stop.get(); ) {
                    int number = ring.room((int) Math.min(1 + next % size, entries - next));
                    for (int i = 0; i < number; i++) {
                      words[2 * i] = next + i;
                      words[2 * i + 1] = ~(next + i);
                    }
                    if (number > 0) {
                      ring.putDescriptors(words, 0, number);
                      next += number;
                    } else {
                      Thread.onSpinWait();
                    }
                  }
                });
    Thread consumer =
        Thread.ofPlatform()
            .name("packet/rings/consumer")
            .start(
                () -> {
                  try {
                    ConsumerRing ring = new ConsumerRing(place);
                    long[] words = new long[2 * size];
                    for (long next = 0; next < entries && !stop.get(); ) {
                      int number = ring.available((int) (1 + next * 7 % size));
                      ring.readDescriptors(words, number);
                      for (int i = 0; i < number; i++) {
                        if (words[2 * i] != next + i || words[2 * i + 1] != ~(next + i)) {
                          throw new AssertionError(
                              "entry %d is %x %x"
                                  .formatted(next + i, words[2 * i], words[2 * i + 1]));
                        }
                      }
                      if (number > 0) {
                        ring.free(number);
                        next += number;
                      } else {
                        Thread.onSpinWait();
                      }
                    }
                    done.complete(null);
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                });
    try {
      done.get(150, TimeUnit.SECONDS);
    } finally {
      stop.set(true);
      producer.join();
      consumer.join();
    }
  }
}
