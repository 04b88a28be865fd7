// SPDX-License-Identifier: Apache-2.0
// The far end of the wire, for the benchmark of packets.
//   wire flood LINK seconds=N [core=N]   frames to the near end, as fast as the kernel makes them: a program of XDP that
//                                        redirects, run again and again on frames of the kernel's own
//   wire count LINK                      none
//   wire ping LINK count=N warm=N        one datagram on its way at a time; the times of the round trips in nanoseconds
// The first two take what comes back out of the way and count it, until the input ends.
#include "packets.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

static void nothing(int signal) { (void)signal; }

static int counter(const char *link) {
  int map = bpf_map(BPF_MAP_TYPE_PERCPU_ARRAY, 8, 1);
  struct bpf_insn code[] = {OP(BPF_ST | BPF_MEM | BPF_W, 10, 0, -4, 0),
                            OP(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
                            OP(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
                            OP(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, map),
                            OP(0, 0, 0, 0, 0),
                            OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem),
                            OP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3, 0),
                            OP(BPF_LDX | BPF_MEM | BPF_DW, 1, 0, 0, 0),
                            OP(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, 1),
                            OP(BPF_STX | BPF_MEM | BPF_DW, 0, 1, 0, 0),
                            OP(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_DROP),
                            OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
  bpf_attach(bpf_program(code, sizeof code / sizeof *code, 0), link, XDP_FLAGS_DRV_MODE);
  return map;
}

static uint64_t counted(int map) {
  uint64_t values[1024] = {0}, sum = 0;
  uint32_t key = 0;
  union bpf_attr words;
  memset(&words, 0, sizeof words);
  words.map_fd = map;
  words.key = (uintptr_t)&key;
  words.value = (uintptr_t)values;
  if (bpf(BPF_MAP_LOOKUP_ELEM, &words)) fail("BPF_MAP_LOOKUP_ELEM");
  for (int i = 0; i < 1024; i++) sum += values[i];
  return sum;
}

static void flood(const char *link, double seconds) {
  struct bpf_insn code[] = {OP(BPF_ALU64 | BPF_MOV | BPF_K, 1, 0, 0, (int)if_nametoindex(link)),
                            OP(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 0),
                            OP(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect),
                            OP(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)};
  int program = bpf_program(code, 4, 0);
  uint8_t bytes[FRAME];
  frame(bytes, near_mac, far_mac, NEAR, FAR, UDP_PORT, FAR_PORT);
  struct xdp_md context = {.data_end = FRAME};
  sigaction(SIGALRM, &(struct sigaction){.sa_handler = nothing}, NULL);
  uint64_t end = now() + (uint64_t)(seconds * 1e9);
  struct itimerval timer = {.it_value = {(time_t)seconds, (suseconds_t)((seconds - (time_t)seconds) * 1e6)}};
  setitimer(ITIMER_REAL, &timer, NULL);
  // Every call makes a pool of pages and waits for the end of the last one; so it is one, which the timer ends.
  while (now() < end) {
    union bpf_attr words;
    memset(&words, 0, sizeof words);
    words.test.prog_fd = program;
    words.test.data_in = (uintptr_t)bytes;
    words.test.data_size_in = sizeof bytes;
    words.test.ctx_in = (uintptr_t)&context;
    words.test.ctx_size_in = sizeof context;
    words.test.repeat = 0x7fffffff;
    words.test.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
    words.test.batch_size = 64;
    if (bpf(BPF_PROG_TEST_RUN, &words) && errno != EINTR) fail("BPF_PROG_TEST_RUN");
  }
}

static int rising(const void *one, const void *other) {
  uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
  return a < b ? -1 : a > b;
}

static void ping(int count, double warm, int gap) {
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(FAR_PORT)};
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(UDP_PORT), .sin_addr = {inet_addr(NEAR)}};
  if (bind(udp, (void *)&here, sizeof here) || connect(udp, (void *)&there, sizeof there)) fail("socket");
  uint64_t *times = calloc(count, sizeof *times);
  int got = 0, lost = 0, counts = 0, serial = 0;
  uint64_t from = now() + (uint64_t)(warm * 1e9);
  for (int i = 0; i < count; i += counts) {
    counts = now() >= from;
    char out[PAYLOAD] = {0}, in[64];
    serial++;
    memcpy(out, &serial, sizeof serial);
    uint64_t begin = now(), end = begin;
    if (send(udp, out, sizeof out, 0) < 0) fail("send");
    int came = 0;
    while (!came && end - begin < 100000000) {
      came = recv(udp, in, sizeof in, MSG_DONTWAIT) == sizeof out && !memcmp(in, out, sizeof serial);
      end = now();
    }
    if (!came) lost++;
    else if (counts) times[got++] = end - begin;
    for (uint64_t until = now() + gap * 1000ull; now() < until;) rest();
  }
  if (!got) {
    fputs("nothing came back\n", stderr);
    exit(1);
  }
  qsort(times, got, sizeof *times, rising);
  printf("result lost=%d p50=%lu p99=%lu p999=%lu max=%lu\n", lost, times[got / 2], times[(int)(got * .99)],
         times[(int)(got * .999)], times[got - 1]);
}

int main(int count, char **words) {
  if (count < 3) return 2;
  pin((int)number(count, words, "core", 0));
  if (!strcmp(words[1], "ping")) {
    ping((int)number(count, words, "count", 20000), number(count, words, "warm", 1), (int)number(count, words, "gap", 20));
    return 0;
  }
  int map = counter(words[2]);
  ready();
  if (!strcmp(words[1], "flood")) {
    while (getchar() != '\n') {
    }
    flood(words[2], number(count, words, "seconds", 4));
  }
  puts("flooded");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  printf("result counted=%lu\n", counted(map));
  return 0;
}
