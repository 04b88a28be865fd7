// SPDX-License-Identifier: Apache-2.0
// The twin of FrameLoop: frames by AF_XDP, with nothing but system calls.
//   frames drop|echo|send LINK [key=value ...]
#include "packets.h"

#include <linux/if_xdp.h>
#include <sys/socket.h>

#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4)
#endif
#ifndef BPF_F_XDP_HAS_FRAGS
#define BPF_F_XDP_HAS_FRAGS (1u << 5)
#endif

enum { XDP_BUDGET_OPTION = 9, LEAST_BUDGET = 32, MOST_QUEUES = 2, CHUNK = 2048, HEADROOM = 256 };

static const uint64_t PATIENCE_NANOS = 2000000000;

struct ring {
  uint32_t *producer, *consumer, *flags, mask, size;
  void *entries;
};

// The indices that are ours are kept here; the kernel only reads them.
struct queue {
  int socket;
  struct ring receive, fill, transmit, completion;
  uint32_t received, filled, sent, completed;
};

static uint32_t look(uint32_t *index) { return __atomic_load_n(index, __ATOMIC_ACQUIRE); }
static void tell(uint32_t *index, uint32_t value) { __atomic_store_n(index, value, __ATOMIC_RELEASE); }

static struct queue queues[MOST_QUEUES];
static uint8_t *chunks;
static uint64_t sum, kicks;

static void option(int socket, int name, uint32_t value) {
  if (setsockopt(socket, SOL_XDP, name, &value, sizeof value)) fail("setsockopt");
}

static struct ring ring(int socket, const struct xdp_ring_offset *at, uint32_t size, size_t entry, off_t page) {
  size_t length = at->desc + size * entry;
  uint8_t *room = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, socket, page);
  if (room == MAP_FAILED) fail("mmap of a ring");
  return (struct ring){(uint32_t *)(room + at->producer), (uint32_t *)(room + at->consumer),
                       (uint32_t *)(room + at->flags), size - 1, size, room + at->desc};
}

static void open_queue(int which, const char *link, int number_of_chunks, uint32_t size, int budget, int wakeup) {
  struct queue *queue = &queues[which];
  queue->socket = socket(AF_XDP, SOCK_RAW, 0);
  if (queue->socket < 0) fail("socket");
  if (which == 0) {
    struct xdp_umem_reg place = {
        .addr = (uintptr_t)chunks, .len = (uint64_t)number_of_chunks * CHUNK, .chunk_size = CHUNK};
    if (setsockopt(queue->socket, SOL_XDP, XDP_UMEM_REG, &place, sizeof place)) fail("XDP_UMEM_REG");
  }
  option(queue->socket, XDP_UMEM_FILL_RING, size);
  option(queue->socket, XDP_UMEM_COMPLETION_RING, size);
  option(queue->socket, XDP_RX_RING, size);
  option(queue->socket, XDP_TX_RING, size);
  if (budget > LEAST_BUDGET) option(queue->socket, XDP_BUDGET_OPTION, budget);
  struct xdp_mmap_offsets at;
  socklen_t length = sizeof at;
  if (getsockopt(queue->socket, SOL_XDP, XDP_MMAP_OFFSETS, &at, &length)) fail("XDP_MMAP_OFFSETS");
  queue->receive = ring(queue->socket, &at.rx, size, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
  queue->transmit = ring(queue->socket, &at.tx, size, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
  queue->fill = ring(queue->socket, &at.fr, size, 8, (off_t)XDP_UMEM_PGOFF_FILL_RING);
  queue->completion = ring(queue->socket, &at.cr, size, 8, (off_t)XDP_UMEM_PGOFF_COMPLETION_RING);
  struct sockaddr_xdp address = {.sxdp_family = AF_XDP, .sxdp_ifindex = if_nametoindex(link), .sxdp_queue_id = which};
  address.sxdp_flags = which ? XDP_SHARED_UMEM : (wakeup ? XDP_USE_NEED_WAKEUP : 0) | XDP_USE_SG;
  if (which) address.sxdp_shared_umem_fd = queues[0].socket;
  // The kernel lets a queue go some time after the one before has closed it.
  for (uint64_t until = now() + PATIENCE_NANOS; bind(queue->socket, (void *)&address, sizeof address); usleep(1000))
    if (errno != EBUSY || now() > until) fail("bind");
}

static void attach(const char *link, int number_of_queues, int generic) {
  int map = bpf_map(BPF_MAP_TYPE_XSKMAP, 4, MOST_QUEUES);
  for (uint32_t i = 0; i < (uint32_t)number_of_queues; i++) {
    union bpf_attr words;
    memset(&words, 0, sizeof words);
    words.map_fd = map;
    words.key = (uintptr_t)&i;
    words.value = (uintptr_t)&queues[i].socket;
    if (bpf(BPF_MAP_UPDATE_ELEM, &words)) fail("BPF_MAP_UPDATE_ELEM");
  }
  // UDP over IPv4 to the port goes to the socket of the queue, all else to the kernel.
  enum { PASS = 18 };
  struct bpf_insn code[] = {OP(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0, 0),
                            OP(BPF_LDX | BPF_MEM | BPF_W, 2, 1, 0, 0),
                            OP(BPF_LDX | BPF_MEM | BPF_W, 3, 1, 4, 0),
                            OP(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
                            OP(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, 42),
                            OP(BPF_JMP | BPF_JGT | BPF_X, 4, 3, PASS - 6, 0),
                            OP(BPF_LDX | BPF_MEM | BPF_H, 5, 2, 12, 0),
                            OP(BPF_JMP | BPF_JNE | BPF_K, 5, 0, PASS - 8, htons(0x0800)),
                            OP(BPF_LDX | BPF_MEM | BPF_B, 5, 2, 23, 0),
                            OP(BPF_JMP | BPF_JNE | BPF_K, 5, 0, PASS - 10, 17),
                            OP(BPF_LDX | BPF_MEM | BPF_H, 5, 2, 36, 0),
                            OP(BPF_JMP | BPF_JNE | BPF_K, 5, 0, PASS - 12, htons(UDP_PORT)),
                            OP(BPF_LDX | BPF_MEM | BPF_W, 2, 6, 16, 0),
                            OP(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map),
                            OP(0, 0, 0, 0, 0),
                            OP(BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, XDP_PASS),
                            OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect_map),
                            OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
                            OP(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
                            OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
  int program = bpf_program(code, sizeof code / sizeof *code, BPF_F_XDP_HAS_FRAGS);
  bpf_attach(program, link, generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
}

static uint32_t drop(struct queue *queue, uint32_t batch) {
  uint32_t count = look(queue->receive.producer) - queue->received;
  if (count > batch) count = batch;
  if (!count) return 0;
  struct xdp_desc *in = queue->receive.entries;
  uint64_t *free = queue->fill.entries;
  for (uint32_t i = 0; i < count; i++) {
    struct xdp_desc *one = &in[(queue->received + i) & queue->receive.mask];
    uint64_t bytes;
    memcpy(&bytes, chunks + one->addr + 34, 8);
    sum += bytes;
    free[(queue->filled + i) & queue->fill.mask] = one->addr & -(uint64_t)CHUNK;
  }
  tell(queue->receive.consumer, queue->received += count);
  tell(queue->fill.producer, queue->filled += count);
  return count;
}

// What was sent goes back to the queue that receives.
static void reclaim(struct queue *by, struct queue *to) {
  uint32_t count = look(by->completion.producer) - by->completed;
  uint64_t *done = by->completion.entries, *free = to->fill.entries;
  for (uint32_t i = 0; i < count; i++)
    free[(to->filled + i) & to->fill.mask] = done[(by->completed + i) & by->completion.mask] & -(uint64_t)CHUNK;
  if (count) {
    tell(by->completion.consumer, by->completed += count);
    tell(to->fill.producer, to->filled += count);
  }
}

static void kick(struct queue *queue) {
  while (look(queue->transmit.consumer) != queue->sent) {
    kicks++;
    if (sendto(queue->socket, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0) return;
    if (errno != EAGAIN && errno != ENOBUFS && errno != EBUSY && errno != EINTR) fail("sendto");
  }
}

static uint32_t echo(struct queue *from, struct queue *by, uint32_t batch) {
  uint32_t count = look(from->receive.producer) - from->received;
  if (count > batch) count = batch;
  if (!count) return 0;
  reclaim(by, from);
  uint32_t room = by->transmit.size - (by->sent - by->completed);
  if (count > room) count = room;
  struct xdp_desc *in = from->receive.entries, *out = by->transmit.entries;
  for (uint32_t i = 0; i < count; i++) {
    struct xdp_desc one = in[(from->received + i) & from->receive.mask];
    turn(chunks + one.addr);
    out[(by->sent + i) & by->transmit.mask] = one;
  }
  tell(from->receive.consumer, from->received += count);
  tell(by->transmit.producer, by->sent += count);
  kick(by);
  return count;
}

static uint64_t *stock;
static int stocked;

static uint32_t send_some(struct queue *by, uint32_t batch, const uint8_t *bytes) {
  uint32_t back = look(by->completion.producer) - by->completed;
  uint64_t *done = by->completion.entries;
  for (uint32_t i = 0; i < back; i++) stock[stocked++] = done[(by->completed + i) & by->completion.mask];
  if (back) tell(by->completion.consumer, by->completed += back);
  uint32_t count = by->transmit.size - (by->sent - by->completed);
  if (count > batch) count = batch;
  if (count > (uint32_t)stocked) count = stocked;
  struct xdp_desc *out = by->transmit.entries;
  for (uint32_t i = 0; i < count; i++) {
    uint64_t at = stock[--stocked];
    memcpy(chunks + at, bytes, FRAME);
    out[(by->sent + i) & by->transmit.mask] = (struct xdp_desc){.addr = at, .len = FRAME};
  }
  tell(by->transmit.producer, by->sent += count);
  kick(by);
  return count;
}

int main(int count, char **words) {
  if (count < 3) return 2;
  int sends = !strcmp(words[1], "send"), echoes = !strcmp(words[1], "echo");
  uint32_t batch = (uint32_t)number(count, words, "batch", 64), size = (uint32_t)number(count, words, "ring", 2048);
  int many = (int)number(count, words, "chunks", 4096), used = (int)number(count, words, "queues", 1);
  int blocks = (int)number(count, words, "block", 0);
  pin((int)number(count, words, "core", 1));
  chunks = memory((size_t)many * CHUNK);
  for (int i = 0; i < used; i++)
    open_queue(i, words[2], many, size, (int)number(count, words, "budget", 128), (int)number(count, words, "wakeup", 1));
  uint8_t bytes[FRAME];
  frame(bytes, far_mac, near_mac, FAR, NEAR, FAR_PORT, UDP_PORT);
  stock = calloc(many, sizeof *stock);
  if (sends) {
    for (; stocked < many; stocked++) stock[stocked] = (uint64_t)stocked * CHUNK + HEADROOM;
  } else {
    // As ports do: every queue has its share, and as much is left to be sent.
    uint32_t share = many / (used + 1), given = 0;
    if (share > size) share = size;
    for (int i = 0; i < used; i++) {
      for (uint32_t k = 0; k < share; k++) ((uint64_t *)queues[i].fill.entries)[k] = (uint64_t)given++ * CHUNK;
      tell(queues[i].fill.producer, queues[i].filled = share);
    }
    attach(words[2], used, !strcmp(word(count, words, "attach", "native"), "generic"));
  }
  ready();
  struct phase phase = phases(count, words);
  uint64_t all = 0, packets = 0, busy = 0, batches = 0, longest = 0, gaps = 0, ends = 0;
  struct queue *sender = &queues[used - 1];
  uint64_t before = now();
  for (;;) {
    uint32_t got = 0;
    if (sends) got = send_some(sender, batch, bytes);
    for (int i = 0; !sends && i < used && !got; i++)
      got = echoes ? echo(&queues[i], sender, batch) : drop(&queues[i], batch);
    if (!got && blocks) {
      struct pollfd wait[MOST_QUEUES];
      for (int i = 0; i < used; i++) wait[i] = (struct pollfd){queues[i].socket, POLLIN, 0};
      poll(wait, used, 10);
    } else if (!got) {
      rest();
    }
    uint64_t time = now();
    if (got) {
      if (!phase.first) began(&phase, time);
      phase.last = time;
      phase.looks = 0;
      all += got;
    } else if (over(&phase, time)) {
      break;
    }
    if (counting(&phase, time) && before >= phase.from) {
      uint64_t gap = time - before;
      if (gap > longest) longest = gap;
      gaps += gap > 1000000;
      if (got) {
        packets += got;
        busy += gap;
        batches++;
      }
      ends = time;
    }
    if (sends && time >= phase.until) break;
    before = time;
  }
  kick(sender);
  uint64_t lost = 0;
  for (int i = 0; i < used; i++) {
    struct xdp_statistics kernel;
    socklen_t length = sizeof kernel;
    if (getsockopt(queues[i].socket, SOL_XDP, XDP_STATISTICS, &kernel, &length)) fail("XDP_STATISTICS");
    lost += kernel.rx_dropped + kernel.rx_ring_full;
  }
  printf("result packets=%lu nanos=%lu busy=%lu batches=%lu received=%lu lost=%lu sent=%lu gap=%lu gaps=%lu kicks=%lu sum=%lu\n",
         packets, ends - phase.from, busy, batches, sends ? 0 : all, lost, sends || echoes ? all : 0, longest, gaps, kicks,
         sum & 1);
  return 0;
}
