// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.dbus.Bus;
import org.sluice.dbus.BusAddress;
import org.sluice.dbus.BusListener;
import org.sluice.dbus.Buses;
import org.sluice.dbus.Signal;
import org.sluice.dbus.SignalListener;
import org.sluice.dbus.SignalRule;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.SourceState;

/**
 * Hands name servers and names over, and keeps them handed over. Everything that is done is done on
 * one thread, which looks whenever the picture, the bus or resolved say that something changed, and
 * every now and then.
 */
@Component(service = Names.class, immediate = true, configurationPid = Names.PID)
@Designate(ocd = NamesConfig.class)
public final class Names {
  static final String PID = "org.sluice.link.names";

  private static final System.Logger LOG = System.getLogger(PID);
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final long END_MILLIS = 15_000;

  /** Many leases that come together are one change. */
  private static final long PAUSE_MILLIS = 50;

  /** How long what was handed over before a restart waits for somebody to want it again. */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Buses buses;
  private final LinkTable table;
  private final Tally tally = new Tally();
  private final Strife strife = new Strife(System::nanoTime);
  private final Book book;
  private final long patientUntil = System.nanoTime() + GRACE.toNanos();
  private final Thread thread;
  private final LinkSubscription subscription;
  private final Semaphore bell = new Semaphore(1);
  private volatile Settings settings;
  private volatile List<NamesRow> rows = List.of();

  private volatile boolean closed;

  // Only the thread uses these.
  private @Nullable Bus bus;
  private @Nullable BusAddress address;

  @Activate
  public Names(
      @Reference Buses buses,
      @Reference LinkTable table,
      NamesConfig config,
      BundleContext context) {
    this.buses = buses;
    this.table = table;
    settings = Settings.of(config);
    Path home = Path.of(Objects.requireNonNull(context.getProperty("sluice.home")));
    book = new Book(home.resolve("var").resolve("link").resolve("names"), boot());
    try {
      book.read();
    } catch (IOException e) {
      LOG.log(WARNING, "what was handed over before is not known, and is left: " + e.getMessage());
    }
    thread = new Thread(this::work, "link.names/reconciler");
    thread.start();
    subscription = table.subscribe("names", new Listener());
  }

  private static String boot() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  @Modified
  void modified(NamesConfig config) {
    settings = Settings.of(config);
    wake();
  }

  /** What was handed over is taken back before it returns. */
  @Deactivate
  void deactivate() throws InterruptedException {
    subscription.close();
    closed = true;
    wake();
    thread.join(END_MILLIS);
    if (thread.isAlive()) {
      thread.interrupt();
      thread.join(END_MILLIS);
      LOG.log(WARNING, "not everything could be taken back in time; the next start does it");
    }
  }

  private void wake() {
    bell.release();
  }

  /** Wakes the thread when a fact changes from which anything follows. */
  private final class Listener implements LinkListener {
    @Override
    public void picture(LinkSnapshot whole, long missed) {
      wake();
    }

    @Override
    public void event(LinkEvent event) {
      Fact.Kind kind =
          switch (event) {
            case LinkEvent.Added(var _, Fact fact) -> fact.kind();
            case LinkEvent.Changed(var _, var _, Fact fact) -> fact.kind();
            case LinkEvent.Removed(var _, Fact fact) -> fact.kind();
            default -> Fact.Kind.MANAGEMENT;
          };
      if (kind == Fact.Kind.LINK || kind == Fact.Kind.LEASE || kind == Fact.Kind.MANAGEMENT) {
        wake();
      }
    }
  }

  /** Wakes the thread when the bus or resolved say something. */
  private final class Ear implements BusListener, SignalListener {
    @Override
    public void connected(String uniqueName) {
      wake();
    }

    @Override
    public void disconnected(String why) {
      wake();
    }

    @Override
    public void signal(Signal signal) {
      wake();
    }

    @Override
    public void readAnew(Gap gap) {
      wake();
    }
  }

  private void work() {
    try {
      while (await()) {
        try {
          look();
        } catch (IOException e) {
          rows =
              List.of(
                  new NamesRow(
                      "",
                      "book",
                      List.of(),
                      List.of(),
                      "",
                      NamesRow.NOTHING,
                      "what is handed over cannot be written down: " + e.getMessage(),
                      "give var/link room, and let this process write there"));
        } catch (RuntimeException e) {
          LOG.log(ERROR, "names could not be handed over", e);
        }
      }
      handBack();
    } catch (InterruptedException e) {
      // Asked to end at once: the book knows what is left.
      Thread.currentThread().interrupt();
    } finally {
      hangUp();
    }
  }

  /** False when it is time to end. */
  private boolean await() throws InterruptedException {
    if (settings.asked() || !book.blank()) {
      // Rung or not: some changes nobody tells of.
      var _ = bell.tryAcquire(settings.interval().toMillis(), TimeUnit.MILLISECONDS);
    } else {
      bell.acquire();
    }
    if (!closed) {
      Thread.sleep(PAUSE_MILLIS);
      bell.drainPermits();
    }
    return !closed;
  }

  private Bus connected(Settings now) {
    Bus open = bus;
    if (open != null && now.bus().equals(address)) {
      return open;
    }
    hangUp();
    Bus opened = buses.open("link.names", now.bus());
    Ear ear = new Ear();
    opened.listen(ear);
    opened.watch(Resolved.NAME, (name, owner) -> wake());
    opened.subscribe(SignalRule.propertiesChanged(Resolved.NAME, Resolved.PATH), ear);
    bus = opened;
    address = now.bus();
    return opened;
  }

  private void hangUp() {
    if (bus != null) {
      bus.close();
      bus = null;
    }
  }

  private void look() throws IOException, InterruptedException {
    Settings now = settings;
    if (!now.asked() && book.blank()) {
      hangUp();
      tell(List.of());
      return;
    }
    Bus on = connected(now);
    LinkSnapshot picture = table.snapshot();
    boolean hold = waiting(picture, now);
    boolean unsaid = hold && starting(picture).contains(Wanted.NETWORKD);
    Wanted wanted = now.asked() ? Wanted.of(picture, now, unsaid) : Wanted.nothing();
    LinkDuty links = new LinkDuty(book, new Resolved(on), strife, tally);
    HostDuty host = new HostDuty(book, new Hostnamed(on), strife, tally);
    List<NamesRow> all = new ArrayList<>();
    for (Wanted.OfLink want : wanted.links().values()) {
      all.add(links.fulfil(want));
    }
    for (Book.Entry owned : book.links()) {
      if (!wanted.links().containsKey(owned.index())) {
        if (hold) {
          all.add(held(owned.link(), "name servers", owned.servers().words()));
        } else {
          Optional.ofNullable(links.takeBack(owned)).ifPresent(all::add);
        }
      }
    }
    if (wanted.hostName().isPresent()) {
      all.add(host.fulfil(wanted.hostName().get()));
    } else if (book.host().isPresent()) {
      Book.Host owned = book.host().get();
      if (hold) {
        all.add(held("", "host name", List.of(owned.name())));
      } else {
        Optional.ofNullable(host.takeBack(owned)).ifPresent(all::add);
      }
    }
    wanted
        .left()
        .forEach(
            (link, why) ->
                all.add(
                    new NamesRow(link, "", List.of(), List.of(), "", NamesRow.NOTHING, why, "")));
    tell(all);
  }

  /** Whether a backend has not yet said what it knows, shortly after the start. */
  private boolean waiting(LinkSnapshot picture, Settings now) {
    if (!now.asked() || System.nanoTime() - patientUntil > 0) {
      return false;
    }
    Set<String> silent = new HashSet<>(now.backends());
    silent.add("kernel");
    silent.addAll(starting(picture));
    for (SourceState source : picture.sources()) {
      if (source.condition() == SourceState.Condition.LIVE
          || source.condition() == SourceState.Condition.ABSENT) {
        silent.remove(source.name());
      }
    }
    return !silent.isEmpty();
  }

  private static Set<String> starting(LinkSnapshot picture) {
    return picture.sources().stream()
        .filter(source -> source.condition() == SourceState.Condition.STARTING)
        .map(SourceState::name)
        .collect(Collectors.toSet());
  }

  private static NamesRow held(String link, String subject, List<String> owned) {
    return new NamesRow(
        link,
        subject,
        List.of(),
        owned,
        "",
        NamesRow.NOTHING,
        "handed over before the restart; kept until its backend has spoken",
        "");
  }

  private void tell(List<NamesRow> now) {
    List<NamesRow> before = rows;
    rows = List.copyOf(now);
    for (NamesRow row : now) {
      if (!before.contains(row)) {
        LOG.log(
            row.bad() ? WARNING : INFO,
            "names link=%s subject=\"%s\" wanted=\"%s\" state=\"%s\""
                .formatted(row.link(), row.subject(), String.join(" ", row.wanted()), row.state()));
      }
    }
  }

  private void handBack() throws InterruptedException {
    if (book.blank()) {
      return;
    }
    try {
      Bus on = connected(settings);
      LinkDuty links = new LinkDuty(book, new Resolved(on), strife, tally);
      for (Book.Entry owned : book.links()) {
        late(links.takeBack(owned));
      }
      if (book.host().isPresent()) {
        late(new HostDuty(book, new Hostnamed(on), strife, tally).takeBack(book.host().get()));
      }
    } catch (IOException e) {
      LOG.log(WARNING, "what was taken back cannot be written down: " + e.getMessage());
    }
  }

  private static void late(@Nullable NamesRow row) {
    if (row != null) {
      LOG.log(WARNING, "names could not be taken back: " + row.state());
    }
  }

  List<NamesRow> rows() {
    return rows;
  }

  boolean asked() {
    return settings.asked();
  }

  Tally tally() {
    return tally;
  }
}
