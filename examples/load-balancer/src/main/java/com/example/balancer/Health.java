package com.example.balancer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.sluice.packet.proto.Ethernet;

/** A thread that connects to every backend by TCP, over the host's own network, again and again. */
final class Health {
  private static final Path NEIGHBOURS = Path.of("/proc/net/arp");

  private final Thread thread;
  private volatile boolean closed;
  private volatile Backend[] backends;
  private volatile int port;
  private volatile int interval;

  Health(Balancer.Config config, Backend[] backends) {
    change(config, backends);
    thread = Thread.ofPlatform().name("com.example.balancer/health").start(this::work);
  }

  void change(Balancer.Config config, Backend[] changed) {
    port = config.checkPort();
    interval = config.checkInterval();
    backends = changed;
  }

  void close() throws InterruptedException {
    closed = true;
    LockSupport.unpark(thread);
    thread.join();
  }

  private void work() {
    while (!closed) {
      for (Backend backend : backends) {
        if (!closed) {
          look(backend);
        }
      }
      LockSupport.parkNanos(this, interval * 1_000_000L);
    }
  }

  private void look(Backend backend) {
    boolean answers = false;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(backend.text, port), Math.max(100, interval));
      long mac = mac(backend.text);
      if (mac != 0) {
        backend.mac = mac;
        answers = true;
      }
    } catch (IOException e) {
      // It is not there, which is what was asked.
    }
    if (answers != backend.alive) {
      backend.alive = answers;
      System.getLogger("com.example.balancer")
          .log(
              System.Logger.Level.INFO,
              "backend {0} {1}",
              backend.text,
              answers ? "answers" : "does not answer");
    }
  }

  /** What the kernel found out when it connected. */
  private static long mac(String address) throws IOException {
    List<String> lines = Files.readAllLines(NEIGHBOURS);
    for (String line : lines) {
      String[] words = line.split("\\s+");
      if (words.length > 3 && words[0].equals(address)) {
        return Ethernet.mac(words[3]);
      }
    }
    return 0;
  }
}
