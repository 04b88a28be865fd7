// SPDX-License-Identifier: Apache-2.0
// flood LINK RATE SECONDS: adds and removes host routes by LINK in the main table, RATE of them a second, many in one
// message to the kernel. Each is one notification to whoever listens. Prints "BEGIN END CHANGES REFUSED", times in
// nanoseconds; everything that was added is removed in the end.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { ROUTES = 512, BATCH = 64 };

struct change {
  struct nlmsghdr header;
  struct rtmsg route;
  struct rtattr to;
  unsigned int destination;
  struct rtattr by;
  int link;
};

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  int link = (int)if_nametoindex(words[1]);
  long long rate = atoll(words[2]), total = rate * atoll(words[3]);
  total -= total % (2 * ROUTES);
  int kernel = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  struct sockaddr_nl to = {.nl_family = AF_NETLINK};
  if (!link || kernel < 0 || connect(kernel, (struct sockaddr *)&to, sizeof to)) {
    perror(words[1]);
    return 1;
  }
  static struct change batch[BATCH];
  static char room[65536] __attribute__((aligned(8)));
  long long done = 0, refused = 0, begin = now();
  while (done < total) {
    long long due = (now() - begin) * rate / 1000000000LL;
    if (due > total) due = total;
    if (due <= done) {
      nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
      continue;
    }
    int size = 0;
    for (; size < BATCH && done < due; size++, done++) {
      int add = done / ROUTES % 2 == 0;
      unsigned int n = (unsigned int)(done % ROUTES);
      batch[size] = (struct change){
          .header = {.nlmsg_len = sizeof(struct change),
                     .nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE,
                     .nlmsg_flags = NLM_F_REQUEST | (add ? NLM_F_CREATE | NLM_F_EXCL : 0)},
          .route = {.rtm_family = AF_INET,
                    .rtm_dst_len = 32,
                    .rtm_table = RT_TABLE_MAIN,
                    .rtm_protocol = RTPROT_STATIC,
                    .rtm_scope = RT_SCOPE_LINK,
                    .rtm_type = RTN_UNICAST},
          .to = {.rta_len = 8, .rta_type = RTA_DST},
          .destination = htonl(0x0a630000u + n),
          .by = {.rta_len = 8, .rta_type = RTA_OIF},
          .link = link};
    }
    if (send(kernel, batch, (size_t)size * sizeof(struct change), 0) < 0) {
      perror("send");
      return 1;
    }
    // Nothing is answered but what is refused.
    for (ssize_t said; (said = recv(kernel, room, sizeof room, MSG_DONTWAIT)) > 0;) {
      int left = (int)said;
      for (struct nlmsghdr *m = (struct nlmsghdr *)room; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) refused++;
    }
  }
  printf("%lld %lld %lld %lld\n", begin, now(), done, refused);
  return 0;
}
