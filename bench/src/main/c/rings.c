// SPDX-License-Identifier: Apache-2.0
// The twin of RingLoop: the work on rings in memory alone. This program plays the kernel too, outside of what is timed.
//   rings drop|echo [key=value ...]
#include "packets.h"

#include <linux/if_xdp.h>

enum { CHUNKS = 4096, SIZE = 2048, SHARE = 2048, CHUNK = 2048, STEP = 1024, HEADROOM = 256 };

struct ring {
  _Alignas(64) uint32_t producer;
  _Alignas(64) uint32_t consumer;
  _Alignas(64) uint64_t addresses[SIZE];
};

struct descriptors {
  _Alignas(64) uint32_t producer;
  _Alignas(64) uint32_t consumer;
  _Alignas(64) struct xdp_desc entries[SIZE];
};

static struct ring fill, completion;
static struct descriptors receive, transmit;
static uint8_t *chunks;
static uint64_t sum;

static uint32_t look(uint32_t *index) { return __atomic_load_n(index, __ATOMIC_ACQUIRE); }
static void tell(uint32_t *index, uint32_t value) { __atomic_store_n(index, value, __ATOMIC_RELEASE); }

// Packets arrive in the chunks of the fill ring.
static void arrive(void) {
  for (uint32_t i = 0; i < STEP; i++) {
    uint64_t chunk = fill.addresses[(fill.consumer + i) % SIZE];
    receive.entries[(receive.producer + i) % SIZE] = (struct xdp_desc){.addr = chunk + HEADROOM, .len = FRAME};
  }
  tell(&fill.consumer, fill.consumer + STEP);
  tell(&receive.producer, receive.producer + STEP);
}

static void leave(void) {
  uint32_t count = transmit.producer - transmit.consumer;
  for (uint32_t i = 0; i < count; i++)
    completion.addresses[(completion.producer + i) % SIZE] = transmit.entries[(transmit.consumer + i) % SIZE].addr;
  tell(&transmit.consumer, transmit.consumer + count);
  tell(&completion.producer, completion.producer + count);
}

static __attribute__((noinline)) uint32_t drop(uint32_t batch) {
  uint32_t from = receive.consumer, to = fill.producer, count = look(&receive.producer) - from;
  if (count > batch) count = batch;
  for (uint32_t i = 0; i < count; i++) {
    struct xdp_desc *one = &receive.entries[(from + i) % SIZE];
    uint64_t bytes;
    memcpy(&bytes, chunks + one->addr + 34, 8);
    sum += bytes;
    fill.addresses[(to + i) % SIZE] = one->addr & -(uint64_t)CHUNK;
  }
  tell(&receive.consumer, from + count);
  tell(&fill.producer, to + count);
  return count;
}

static __attribute__((noinline)) uint32_t echo(uint32_t batch) {
  uint32_t back = completion.consumer, to = fill.producer, done = look(&completion.producer) - back;
  if (done > batch) done = batch;
  for (uint32_t i = 0; i < done; i++)
    fill.addresses[(to + i) % SIZE] = completion.addresses[(back + i) % SIZE] & -(uint64_t)CHUNK;
  tell(&completion.consumer, back + done);
  tell(&fill.producer, to + done);
  uint32_t from = receive.consumer, out = transmit.producer, count = look(&receive.producer) - from;
  if (count > batch) count = batch;
  for (uint32_t i = 0; i < count; i++) {
    struct xdp_desc one = receive.entries[(from + i) % SIZE];
    turn(chunks + one.addr);
    transmit.entries[(out + i) % SIZE] = one;
  }
  tell(&receive.consumer, from + count);
  tell(&transmit.producer, out + count);
  return count;
}

int main(int count, char **words) {
  if (count < 2) return 2;
  int echoes = !strcmp(words[1], "echo");
  uint32_t batch = (uint32_t)number(count, words, "batch", 64);
  pin((int)number(count, words, "core", 1));
  chunks = memory((size_t)CHUNKS * CHUNK);
  for (uint32_t i = 0; i < SHARE; i++) fill.addresses[i] = (uint64_t)i * CHUNK;
  tell(&fill.producer, SHARE);
  uint64_t warm = now() + (uint64_t)(number(count, words, "warm", 1) * 1e9);
  uint64_t until = warm + (uint64_t)(number(count, words, "seconds", 2) * 1e9), packets = 0, busy = 0, time = 0;
  while (time < until) {
    arrive();
    uint64_t begin = now();
    for (uint32_t done = 0; done < STEP;) done += echoes ? echo(batch) : drop(batch);
    time = now();
    if (begin > warm) {
      packets += STEP;
      busy += time - begin;
    }
    leave();
  }
  printf("result packets=%lu busy=%lu sum=%lu\n", packets, busy, sum & 1);
  return 0;
}
