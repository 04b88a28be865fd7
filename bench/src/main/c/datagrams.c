// SPDX-License-Identifier: Apache-2.0
// The twin of DatagramLoop: datagrams by a socket, many a call, sent back to where they came from.
//   datagrams echo LINK [key=value ...]
#include "packets.h"

#include <sys/socket.h>

int main(int count, char **words) {
  enum { ROOM = 2048, BUFFER = 8 << 20 };
  int batch = (int)number(count, words, "batch", 64), buffer = BUFFER;
  pin((int)number(count, words, "core", 1));
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  if (setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer)) fail("SO_RCVBUFFORCE");
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(UDP_PORT), .sin_addr = {inet_addr(NEAR)}};
  if (bind(udp, (void *)&here, sizeof here)) fail("bind");
  struct mmsghdr *messages = calloc(batch, sizeof *messages);
  struct iovec *places = calloc(batch, sizeof *places);
  struct sockaddr_in *remotes = calloc(batch, sizeof *remotes);
  uint8_t *room = memory((size_t)batch * ROOM);
  ready();
  struct phase phase = phases(count, words);
  uint64_t all = 0, sent = 0, packets = 0, busy = 0, batches = 0, ends = 0, sum = 0, before = now();
  for (;;) {
    for (int i = 0; i < batch; i++) {
      places[i] = (struct iovec){room + (size_t)i * ROOM, ROOM};
      messages[i].msg_hdr = (struct msghdr){
          .msg_name = &remotes[i], .msg_namelen = sizeof *remotes, .msg_iov = &places[i], .msg_iovlen = 1};
    }
    int got = recvmmsg(udp, messages, batch, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
      uint64_t bytes;
      memcpy(&bytes, places[i].iov_base, 8);
      sum += bytes;
      places[i].iov_len = messages[i].msg_len;
    }
    for (int done = 0; done < got;) {
      int some = sendmmsg(udp, messages + done, got - done, 0);
      if (some < 0) fail("sendmmsg");
      done += some;
      sent += some;
    }
    if (got <= 0) rest();
    uint64_t time = now();
    if (got > 0) {
      if (!phase.first) began(&phase, time);
      phase.last = time;
      phase.looks = 0;
      all += got;
      if (counting(&phase, time) && before >= phase.from) {
        packets += got;
        busy += time - before;
        batches++;
      }
    } else if (over(&phase, time)) {
      break;
    }
    if (counting(&phase, time)) ends = time;
    before = time;
  }
  printf("result packets=%lu nanos=%lu busy=%lu batches=%lu received=%lu sent=%lu sum=%lu\n", packets,
         ends - phase.from, busy, batches, all, sent, sum & 1);
  return 0;
}
