// SPDX-License-Identifier: Apache-2.0
// What the programs of the benchmark of packets have in common: options, time, BPF without a library.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { UDP_PORT = 9000, FAR_PORT = 12345, FRAME = 60, PAYLOAD = 18 };

#define NEAR "10.99.0.2"
#define FAR "10.99.0.1"
static const uint8_t near_mac[] = {2, 0, 0, 0, 0, 0xb}, far_mac[] = {2, 0, 0, 0, 0, 0xa};

#define OP(c, d, s, o, i) ((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)})

static inline uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static inline void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline void rest(void) {
#ifdef __x86_64__
  __builtin_ia32_pause();
#elif defined __aarch64__
  __asm__ volatile("isb");
#endif
}

// The value of key=value among the words, or what is meant when nothing is said.
static inline const char *word(int count, char **words, const char *key, const char *otherwise) {
  size_t length = strlen(key);
  for (int i = 1; i < count; i++)
    if (!strncmp(words[i], key, length) && words[i][length] == '=') return words[i] + length + 1;
  return otherwise;
}

static inline double number(int count, char **words, const char *key, double otherwise) {
  const char *value = word(count, words, key, NULL);
  return value ? atof(value) : otherwise;
}

static inline void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set)) fail("sched_setaffinity");
}

static inline void ready(void) {
  puts("ready");
  fflush(stdout);
}

// Pages of 2 MiB where the kernel has them, as ports have by default.
static inline uint8_t *memory(size_t length) {
  size_t huge = 2 << 20;
  uint8_t *room = mmap(NULL, length + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (room == MAP_FAILED) fail("mmap");
  uint8_t *begin = (uint8_t *)(((uintptr_t)room + huge - 1) & ~(huge - 1));
  madvise(begin, length, MADV_HUGEPAGE);
  memset(begin, 0, length);
  return begin;
}

static inline int bpf(int command, union bpf_attr *words) {
  return (int)syscall(SYS_bpf, command, words, sizeof *words);
}

static inline int bpf_map(int type, int value, int entries) {
  union bpf_attr words;
  memset(&words, 0, sizeof words);
  words.map_type = type;
  words.key_size = 4;
  words.value_size = value;
  words.max_entries = entries;
  int map = bpf(BPF_MAP_CREATE, &words);
  if (map < 0) fail("BPF_MAP_CREATE");
  return map;
}

static inline int bpf_program(const struct bpf_insn *code, int length, int flags) {
  static char log[65536];
  union bpf_attr words;
  memset(&words, 0, sizeof words);
  words.prog_type = BPF_PROG_TYPE_XDP;
  words.expected_attach_type = BPF_XDP;
  words.insns = (uintptr_t)code;
  words.insn_cnt = length;
  words.license = (uintptr_t) "GPL";
  words.log_buf = (uintptr_t)log;
  words.log_size = sizeof log;
  words.log_level = 1;
  words.prog_flags = flags;
  int program = bpf(BPF_PROG_LOAD, &words);
  if (program < 0) {
    fputs(log, stderr);
    fail("BPF_PROG_LOAD");
  }
  return program;
}

// The program goes when the process does.
static inline void bpf_attach(int program, const char *link, int flags) {
  union bpf_attr words;
  memset(&words, 0, sizeof words);
  words.link_create.prog_fd = program;
  words.link_create.target_ifindex = if_nametoindex(link);
  words.link_create.attach_type = BPF_XDP;
  words.link_create.flags = flags;
  if (bpf(BPF_LINK_CREATE, &words) < 0) fail("BPF_LINK_CREATE");
}

// A frame of 60 bytes, 64 with the checksum of Ethernet that a wire would add: UDP without a checksum.
static inline void frame(uint8_t *at, const uint8_t *to_mac, const uint8_t *from_mac, const char *to, const char *from,
                         int to_port, int from_port) {
  uint16_t total = htons(28 + PAYLOAD), length = htons(8 + PAYLOAD);
  uint16_t ports[] = {htons(from_port), htons(to_port)};
  uint32_t addresses[] = {inet_addr(from), inet_addr(to)}, sum = 0;
  memset(at, 0, FRAME);
  memcpy(at, to_mac, 6);
  memcpy(at + 6, from_mac, 6);
  at[12] = 8;
  at[14] = 0x45;
  memcpy(at + 16, &total, 2);
  at[22] = 64;
  at[23] = 17;
  memcpy(at + 26, addresses, 8);
  for (int i = 14; i < 34; i += 2) sum += at[i] << 8 | at[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~((sum & 0xffff) + (sum >> 16));
  at[24] = sum >> 8;
  at[25] = sum;
  memcpy(at + 34, ports, 4);
  memcpy(at + 38, &length, 2);
}

// Sends a frame back to where it came from. No checksum changes by that.
static inline void turn(uint8_t *at) {
  uint64_t low, addresses;
  uint32_t high, ports;
  memcpy(&low, at, 8);
  memcpy(&high, at + 8, 4);
  uint64_t to = low & 0xffffffffffffull, from = low >> 48 | (uint64_t)high << 16;
  low = from | to << 48;
  high = (uint32_t)(to >> 16);
  memcpy(at, &low, 8);
  memcpy(at + 8, &high, 4);
  memcpy(&addresses, at + 26, 8);
  addresses = addresses >> 32 | addresses << 32;
  memcpy(at + 26, &addresses, 8);
  memcpy(&ports, at + 34, 4);
  ports = ports >> 16 | ports << 16;
  memcpy(at + 34, &ports, 4);
}

// When a program counts: for so many seconds, after a warm-up that begins with the first packet. It goes on until its
// input has ended and nothing comes any more, so that all packets can be counted.
struct phase {
  uint64_t warm, seconds, first, from, until, last, looks;
};

static const uint64_t IDLE_NANOS = 300000000, LOOKS = 64;

static inline struct phase phases(int count, char **words) {
  return (struct phase){.warm = number(count, words, "warm", 1) * 1e9,
                        .seconds = number(count, words, "seconds", 2) * 1e9};
}

static inline void began(struct phase *phase, uint64_t time) {
  phase->first = time;
  phase->from = time + phase->warm;
  phase->until = phase->from + phase->seconds;
}

static inline int counting(const struct phase *phase, uint64_t time) {
  return phase->first && time >= phase->from && time < phase->until;
}

// Whether all is over, after a look that found nothing. One look is not enough: who was kept from running between it
// and the clock would miss what came meanwhile.
static inline int over(struct phase *phase, uint64_t time) {
  if (++phase->looks % LOOKS || time - phase->last < IDLE_NANOS) return 0;
  struct pollfd input = {0, POLLIN, 0};
  return poll(&input, 1, 0) == 1 && phase->looks >= 2 * LOOKS;
}
