// SPDX-License-Identifier: Apache-2.0
// cable LINK NAMESPACE FAR-END: pulls ("d") or plugs ("u") the cable of LINK at its far end in another namespace, at
// each letter it reads. Answers "BEFORE TOLD ADDRESS" in nanoseconds: just before the kernel was asked; when the kernel
// told everybody who listens in this namespace that the carrier of LINK is other than it was; and, after "u", when it
// told of the first IPv4 address on LINK after that. 0 for what it did not tell within 3 s.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int netlink_socket, watched, carrier = -1;
static long long told, addressed;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void *listen_for_it(void *unused) {
  (void)unused;
  static char room[65536] __attribute__((aligned(8)));
  for (;;) {
    ssize_t size = recv(netlink_socket, room, sizeof room, 0);
    long long time = now();
    if (size < 0) {
      if (errno == EINTR || errno == ENOBUFS) continue;
      return NULL;
    }
    int left = (int)size;
    for (struct nlmsghdr *m = (struct nlmsghdr *)room; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
      struct ifaddrmsg *address = NLMSG_DATA(m);
      if (m->nlmsg_type == RTM_NEWADDR && (int)address->ifa_index == watched) {
        pthread_mutex_lock(&lock);
        if (told && !addressed) {
          addressed = time;
          pthread_cond_signal(&changed);
        }
        pthread_mutex_unlock(&lock);
      }
      struct ifinfomsg *link = NLMSG_DATA(m);
      if (m->nlmsg_type != RTM_NEWLINK || link->ifi_index != watched) continue;
      pthread_mutex_lock(&lock);
      int on = (link->ifi_flags & 0x10000 /* IFF_LOWER_UP */) != 0;
      if (on != carrier) {
        carrier = on;
        told = time;
        pthread_cond_signal(&changed);
      }
      pthread_mutex_unlock(&lock);
    }
  }
}

static int failed(const char *what) {
  fprintf(stderr, "cable: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  watched = (int)if_nametoindex(words[1]);
  if (!watched) return failed(words[1]);
  netlink_socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl here = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR};
  if (netlink_socket < 0 || bind(netlink_socket, (struct sockaddr *)&here, sizeof here)) return failed("listen to links");
  int there = open(words[2], O_RDONLY | O_CLOEXEC);
  if (there < 0 || setns(there, CLONE_NEWNET)) return failed(words[2]);
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct ifreq far_end = {0};
  strncpy(far_end.ifr_name, words[3], IFNAMSIZ - 1);
  if (control < 0 || ioctl(control, SIOCGIFFLAGS, &far_end)) return failed(words[3]);
  carrier = (far_end.ifr_flags & IFF_UP) != 0;
  pthread_t listener;
  if (pthread_create(&listener, NULL, listen_for_it, NULL)) return failed("start a thread");
  puts("ready");
  fflush(stdout);
  for (int letter; (letter = getchar()) != EOF;) {
    if (letter != 'u' && letter != 'd') continue;
    int up = letter == 'u';
    if (up) far_end.ifr_flags |= IFF_UP;
    else far_end.ifr_flags &= ~IFF_UP;
    pthread_mutex_lock(&lock);
    told = addressed = 0;
    pthread_mutex_unlock(&lock);
    long long before = now();
    if (ioctl(control, SIOCSIFFLAGS, &far_end)) return failed("set the far end");
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 3;
    pthread_mutex_lock(&lock);
    while (told == 0 && pthread_cond_timedwait(&changed, &lock, &until) == 0) {
    }
    while (up && told && addressed == 0 && pthread_cond_timedwait(&changed, &lock, &until) == 0) {
    }
    long long heard = told, usable = addressed;
    pthread_mutex_unlock(&lock);
    printf("%lld %lld %lld\n", before, heard, usable);
    fflush(stdout);
  }
  return 0;
}
