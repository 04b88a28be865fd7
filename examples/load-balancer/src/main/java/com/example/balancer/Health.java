package com.example.balancer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.sluice.packet.proto.Ethernet;

/** Connects to every backend by TCP, over the host's own network, again and again. */
final class Health {
  private static final Path NEIGHBOURS = Path.of("/proc/net/arp");

  /** What is looked at, and how. */
  private record Round(Balancer.Config config, Backend[] backends) {}

  private final Thread thread;
  private volatile Round round;
  private volatile boolean closed;

  Health(Balancer.Config config, Service service) {
    round = new Round(config, service.backends());
    thread = Thread.ofPlatform().name("com.example.balancer/health").start(this::work);
  }

  void check(Balancer.Config config, Service service) {
    round = new Round(config, service.backends());
    LockSupport.unpark(thread);
  }

  void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
  }

  /** All at once: one that does not answer delays no other. */
  private void work() {
    while (!closed) {
      Round now = round;
      try (ExecutorService checks = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Backend backend : now.backends) {
          checks.execute(() -> look(backend, now.config));
        }
      }
      LockSupport.parkNanos(this, now.config.checkInterval() * 1_000_000L);
    }
  }

  private void look(Backend backend, Balancer.Config config) {
    long mac = 0;
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(backend.text, config.checkPort()), config.checkTimeout());
      mac = mac(backend.text);
    } catch (IOException e) {
      // It does not answer, which is what was asked.
    }
    if (!closed && backend.checked(mac, config.rise(), config.fall())) {
      System.getLogger("com.example.balancer")
          .log(
              System.Logger.Level.INFO,
              "backend {0} {1}",
              backend.text,
              mac != 0 ? "answers" : "does not answer");
    }
  }

  /** What the kernel found out when it connected; 0 when it does not say. */
  private static long mac(String address) throws IOException {
    for (String line : Files.readAllLines(NEIGHBOURS)) {
      String[] words = line.split("\\s+");
      if (words.length > 3 && words[0].equals(address)) {
        return Ethernet.mac(words[3]);
      }
    }
    return 0;
  }
}
