// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/**
 * A plugin that subscribes to the picture as any plugin may, and counts what it is told. Its
 * numbers, and those of the product itself.
 */
final class Watch {
  private static final String SOURCE =
      """
      package bench.watch;

      import java.time.Instant;
      import org.osgi.service.component.annotations.Activate;
      import org.osgi.service.component.annotations.Component;
      import org.osgi.service.component.annotations.Deactivate;
      import org.osgi.service.component.annotations.Reference;
      import org.sluice.link.api.LinkEvent;
      import org.sluice.link.api.LinkListener;
      import org.sluice.link.api.LinkSnapshot;
      import org.sluice.link.api.LinkSubscription;
      import org.sluice.link.api.LinkTable;

      @Component(
          service = Watch.class,
          immediate = true,
          property = {"osgi.command.scope=bench", "osgi.command.function=seen"})
      public final class Watch implements LinkListener {
        private final LinkSubscription subscription;
        private long added;
        private long removed;
        private long other;
        private long missed;
        private long gaps;
        private long resynced;
        private long number = -1;
        private long last;

        @Activate
        public Watch(@Reference LinkTable table) {
          subscription = table.subscribe("bench", this);
        }

        @Deactivate
        void deactivate() {
          subscription.close();
        }

        @Override
        public synchronized void picture(LinkSnapshot whole, long missedNow) {
          missed += missedNow;
          number = whole.number();
        }

        @Override
        public synchronized void event(LinkEvent event) {
          if (number >= 0 && event.number() != number + 1) {
            gaps++;
          }
          number = event.number();
          switch (event) {
            case LinkEvent.Added now -> added++;
            case LinkEvent.Removed now -> removed++;
            default -> other++;
          }
          if (event.stamp().cause() == LinkEvent.Cause.RESYNC) {
            resynced++;
          }
          Instant now = Instant.now();
          last = now.getEpochSecond() * 1_000_000_000 + now.getNano();
        }

        public synchronized String seen() {
          return added + " " + removed + " " + other + " " + missed + " " + gaps + " " + resynced
              + " " + last;
        }
      }
      """;

  /**
   * What was counted since the start.
   *
   * @param last when the last event was delivered, in nanoseconds since 1970
   */
  record Seen(
      long added, long removed, long other, long missed, long gaps, long resynced, long last) {
    long events() {
      return added + removed + other;
    }

    /** Whether everything that happened since was told as it happened. */
    boolean wholeSince(Seen before) {
      return missed == before.missed && gaps == before.gaps && resynced == before.resynced;
    }
  }

  private final Namespace namespace;
  private final SluiceProcess sluice;

  private Watch(Namespace namespace, SluiceProcess sluice) {
    this.namespace = namespace;
    this.sluice = sluice;
  }

  /** Starts the product in a network, as it is shipped, with the plugin in it. */
  static Watch launch(Namespace namespace, SluiceProcess sluice) throws Exception {
    sluice.under(namespace.prefix()).asShipped().launch();
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
    sluice.drop("watch.jar", PluginJar.named("bench.watch", "1.0.0").source(SOURCE).make());
    sluice.awaitTrue("the plugin", () -> sluice.command("bench:seen").exit() == 0);
    return new Watch(namespace, sluice);
  }

  Seen seen() throws IOException {
    SluiceProcess.Answer answer = sluice.command("bench:seen");
    String[] words = answer.out().strip().split(" ", -1);
    if (answer.exit() != 0 || words.length != 7) {
      throw new IOException("bench:seen answered " + answer);
    }
    long[] n = new long[words.length];
    for (int i = 0; i < n.length; i++) {
      n[i] = Long.parseLong(words[i]);
    }
    return new Seen(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
  }

  /** Waits until so many events came, or until no more come for a while. */
  Seen awaitEvents(long count) throws Exception {
    Seen now = seen();
    long quietSince = System.nanoTime();
    while (now.events() < count && System.nanoTime() - quietSince < 5_000_000_000L) {
      Thread.sleep(50);
      Seen next = seen();
      if (next.events() != now.events()) {
        quietSince = System.nanoTime();
      }
      now = next;
    }
    return now;
  }

  /** A number of the product; a counter that does not move reads the same. */
  double metric(String name) throws Exception {
    Matcher matcher =
        Pattern.compile("^" + name + "(?:\\{[^}]*})? ([0-9.eE+]+)$", Pattern.MULTILINE)
            .matcher(namespace.get(sluice, "/metrics"));
    if (!matcher.find()) {
      throw new IOException("there is no metric " + name);
    }
    return Double.parseDouble(matcher.group(1));
  }

  SluiceProcess sluice() {
    return sluice;
  }
}
