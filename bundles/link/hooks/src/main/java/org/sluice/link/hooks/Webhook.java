// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happenings;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;

/**
 * Tells one web server, in order, on a thread of its own. It has a subscription and a queue of its
 * own as well, so that a server that does not answer delays nobody.
 */
@Component(
    service = Webhook.class,
    immediate = true,
    configurationPid = Webhook.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = WebhookConfig.class, factory = true)
public final class Webhook {
  static final String PID = "org.sluice.link.hooks.webhook";

  private static final System.Logger LOG = System.getLogger("org.sluice.link.hooks");
  private static final long PATIENCE_MILLIS = 5000;
  private static final int OK = 200;
  private static final int REDIRECT = 300;
  private static final int CLIENT_ERROR = 400;
  private static final int SERVER_ERROR = 500;

  /** What a server says when the same message may be welcome later. */
  private static final Set<Integer> LATER = Set.of(408, 425, 429);

  private final String name;
  private final LinkTable table;
  private final WebhookConfig config;
  private final URI url;
  private final Filter filter;
  private final Occasions occasions;
  private final Backoff backoff = new Backoff(new SplittableRandom());
  private final ExecutorService callbacks;
  private final HttpClient client;
  private final Thread thread;
  private final LinkSubscription subscription;

  // All below is guarded by the queue.
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private boolean closed;
  private long sent;
  private long retries;
  private long dropped;
  private long givenUp;
  private int failuresInARow;
  private String lastProblem = "";

  /**
   * @param id the same each time it is tried, so that the server can tell a repetition
   */
  private record Waiting(String id, String event, long number, String body) {}

  @Activate
  public Webhook(
      @Reference Happenings happenings,
      @Reference LinkTable table,
      WebhookConfig config,
      Map<String, Object> properties) {
    this.table = table;
    this.config = config;
    name = HookRule.name(properties);
    url = URI.create(config.url());
    filter =
        Filter.of(
            config.interfaces(),
            config.exclude(),
            config.events(),
            config.family(),
            config.backends(),
            config.condition());
    occasions = new Occasions(link -> Circumstances.usable(link, table.snapshot()));
    callbacks =
        Executors.newSingleThreadExecutor(
            task -> new Thread(task, "link.hooks/http-" + Printable.of(name)));
    client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(config.timeout()))
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(callbacks)
            .build();
    thread = new Thread(this::work, "link.hooks/webhook-" + Printable.of(name));
    thread.start();
    subscription = happenings.subscribe("webhook", this::happened);
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    subscription.close();
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
    thread.interrupt();
    client.shutdownNow();
    thread.join(PATIENCE_MILLIS);
    client.close();
    callbacks.shutdownNow();
    if (thread.isAlive()) {
      LOG.log(WARNING, "a webhook does not end name=" + name);
    }
  }

  private void happened(Happening happening) {
    for (Occasion occasion : occasions.of(happening)) {
      boolean named =
          config.events().length > 0
              ? Set.of(config.events()).contains(occasion.event())
              : occasion.is(Occasion.Aspect.HAPPENING);
      if (!named || (occasion.initial() && !config.initial()) || filter.excludes(occasion)) {
        continue;
      }
      Circumstances now = Circumstances.of(occasion, table.snapshot());
      if (filter.matches(occasion, now)) {
        offer(
            new Waiting(
                UUID.randomUUID().toString(),
                occasion.event(),
                occasion.number(),
                Message.of(occasion, now).json()));
      }
    }
  }

  private void offer(Waiting message) {
    synchronized (queue) {
      // The first is being sent; it is not taken from under the thread that does.
      if (queue.size() > config.queue()) {
        Waiting first = queue.removeFirst();
        queue.removeFirst();
        queue.addFirst(first);
        dropped++;
      }
      queue.addLast(message);
      queue.notifyAll();
    }
  }

  private void work() {
    try {
      while (true) {
        Waiting message;
        synchronized (queue) {
          while (queue.isEmpty() && !closed) {
            queue.wait();
          }
          if (closed) {
            return;
          }
          message = queue.getFirst();
        }
        deliver(message);
        synchronized (queue) {
          queue.removeFirst();
        }
      }
    } catch (InterruptedException e) {
      // It is being closed; what still waits is not told.
      return;
    }
  }

  private void deliver(Waiting message) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      Attempt attempt = attempt(message, tries);
      synchronized (queue) {
        if (attempt.problem().isEmpty()) {
          sent++;
          failuresInARow = 0;
          return;
        }
        failuresInARow++;
        lastProblem = attempt.problem();
        if (attempt.last() || tries >= config.attempts()) {
          givenUp++;
          break;
        }
        retries++;
      }
      Thread.sleep(backoff.after(tries));
    }
    LOG.log(
        WARNING,
        "webhook gives a message up name=%s number=%d event=%s reason=%s"
            .formatted(name, message.number(), message.event(), problem()));
  }

  /**
   * @param problem empty when it went well
   * @param last whether it makes no sense to try again
   */
  private record Attempt(String problem, boolean last) {}

  private Attempt attempt(Waiting message, int tries) throws InterruptedException {
    try {
      HttpResponse<Void> answer =
          client.send(request(message, tries), HttpResponse.BodyHandlers.discarding());
      int status = answer.statusCode();
      if (status >= OK && status < REDIRECT) {
        return new Attempt("", true);
      }
      boolean refused = status < SERVER_ERROR && status >= CLIENT_ERROR && !LATER.contains(status);
      return new Attempt(url.getHost() + " answered " + status, refused || status < CLIENT_ERROR);
    } catch (IOException e) {
      return new Attempt(url.getHost() + ": " + e, false);
    }
  }

  private HttpRequest request(Waiting message, int tries) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(Duration.ofSeconds(config.timeout()))
            .header("Content-Type", "application/json")
            .header("User-Agent", "Sluice")
            .header("Sluice-Event", message.event())
            .header("Sluice-Number", Long.toString(message.number()))
            .header("Sluice-Delivery", message.id())
            .header("Sluice-Attempt", Integer.toString(tries))
            .POST(HttpRequest.BodyPublishers.ofString(message.body()));
    if (!config.secretFile().isEmpty()) {
      byte[] secret = Secret.read(Path.of(config.secretFile()));
      request.header(
          Signature.HEADER, Signature.of(secret, Instant.now().getEpochSecond(), message.body()));
    }
    return request.build();
  }

  private String problem() {
    synchronized (queue) {
      return lastProblem;
    }
  }

  String name() {
    return name;
  }

  /** How it goes. */
  record Figures(
      int waiting,
      long sent,
      long retries,
      long dropped,
      long givenUp,
      int failuresInARow,
      @Nullable String problem) {}

  Figures figures() {
    synchronized (queue) {
      return new Figures(
          queue.size(), sent, retries, dropped, givenUp, failuresInARow, lastProblem);
    }
  }
}
