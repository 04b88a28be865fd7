// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedHost;

/**
 * Sluice and networkd-dispatcher, each on a host of its own with a systemd-networkd of its own.
 * Cables are pulled and plugged in turn, so that one is idle while the other is measured.
 */
final class HookRace implements AutoCloseable {
  /** With a fixed address, so that nothing but networkd itself stands between carrier and it. */
  private static final String NETWORK =
      "[Network]\nIPv6AcceptRA=no\nLinkLocalAddressing=no\nAddress=10.77.1.55/24\n";

  private static final List<String> FOLDERS = List.of("no-carrier.d", "routable.d");

  /** The first ones run code that was never run before, on either side. */
  private static final int WARM_UP = 10;

  /**
   * Half the time between two changes of a cable: the kernel merges changes of the carrier that
   * come within a second.
   */
  private static final long HALF_MILLIS = 620;

  private final List<Racer> racers = new ArrayList<>();

  HookRace(Path tools, Path dispatcher) throws Exception {
    racers.add(new Racer("Sluice", tools));
    racers.add(new Racer("networkd-dispatcher", tools));
    racers.getFirst().sluice(tools);
    racers.getLast().dispatcher(tools, dispatcher);
  }

  List<Racer> racers() {
    return racers;
  }

  /** Measures so many of both kinds for each. */
  void run(int events) throws Exception {
    for (int i = 0; i < WARM_UP + events; i++) {
      for (boolean up : new boolean[] {false, true}) {
        for (int turn = 0; turn < racers.size(); turn++) {
          // Each begins every other time.
          racers.get((turn + i) % racers.size()).change(up, i >= WARM_UP);
          // A little at random, so that no timer is in step with it.
          Thread.sleep(HALF_MILLIS + (long) (Math.random() * 40));
        }
      }
      if (i + 1 == Math.min(3, WARM_UP)) {
        for (Racer racer : racers) {
          racer.mustHaveRun();
        }
      }
      if ((i + 1) % 25 == 0 || i + 1 == WARM_UP + events) {
        System.out.printf("cables: %d of %d%n", i + 1, WARM_UP + events);
      }
    }
    // Hooks that are late are late, not lost.
    Thread.sleep(2000);
    for (Racer racer : racers) {
      racer.evaluate();
    }
  }

  @Override
  public void close() throws IOException {
    for (Racer racer : racers) {
      racer.close();
    }
  }

  /**
   * What was done to a cable: before the kernel was asked, when it told everybody, and when it told
   * of the address that networkd then gave the link; 0 when there was none.
   */
  private record Change(boolean up, boolean counts, long asked, long told, long addressed) {}

  /** What a hook wrote. */
  private record Note(long time, String folder) {}

  /** One of the two. */
  static final class Racer implements AutoCloseable {
    private final String name;
    private final ManagedHost host;
    private final List<Change> changes = new ArrayList<>();
    private final Delays down = new Delays();
    private final Delays up = new Delays();
    private final Delays toAddress = new Delays();
    private final Delays fromAddress = new Delays();
    private final Delays downFromPull = new Delays();
    private final Delays upFromPlug = new Delays();
    private final Process cable;
    private final BufferedReader answers;
    private @Nullable SluiceProcess sluice;
    private Path notes;
    private int lost;

    private Racer(String name, Path tools) throws Exception {
      this.name = name;
      host =
          ManagedHost.create(
              "dbus-daemon", "/lib/systemd/systemd-networkd", "networkctl", "busctl", "nsenter");
      notes = host.file("/etc/notes");
      host.bus();
      host.networkd(NETWORK);
      host.await(
          "networkd to configure the link",
          () -> host.attempt("networkctl", "status", ManagedHost.LINK).out().contains("routable"));
      List<String> command = new ArrayList<>(List.of(host.prefix()));
      command.addAll(
          List.of(tools.resolve("cable").toString(), ManagedHost.LINK, "/run/netns/peer", "p1"));
      cable = new ProcessBuilder(command).redirectErrorStream(true).start();
      answers = cable.inputReader();
      String ready = answers.readLine();
      if (!"ready".equals(ready)) {
        throw new IOException("the cable cannot be pulled: " + ready);
      }
    }

    String name() {
      return name;
    }

    Delays down() {
      return down;
    }

    Delays up() {
      return up;
    }

    /** What networkd itself takes from the carrier to the address. */
    Delays toAddress() {
      return toAddress;
    }

    Delays fromAddress() {
      return fromAddress;
    }

    Delays downFromPull() {
      return downFromPull;
    }

    Delays upFromPlug() {
      return upFromPlug;
    }

    int lost() {
      return lost;
    }

    private void sluice(Path tools) throws Exception {
      SluiceProcess product = host.prepare().asShipped();
      sluice = product;
      Files.setPosixFilePermissions(product.home(), PosixFilePermissions.fromString("rwxr-xr-x"));
      notes = product.home().resolve("notes");
      for (String folder : FOLDERS) {
        Path to = product.home().resolve("hooks.d").resolve(folder).resolve("10-note");
        host.run("install", "-D", "-m755", tools.resolve("hook").toString(), to.toString());
      }
      // Ten a minute are allowed otherwise; the other one knows no limit.
      product.config("org.sluice.link.hooks", "{ \"rate\": 0 }");
      host.launch(product);
      product.awaitTrue("the hooks", () -> product.command("hooks:list").exit() == 0);
      product.awaitTrue(
          "networkd to be heard",
          () -> product.command("link:sources").out().matches("(?s).*networkd +LIVE.*"));
    }

    private void dispatcher(Path tools, Path program) throws Exception {
      for (String folder : FOLDERS) {
        host.run(
            "install",
            "-d",
            "-m755",
            "/etc/networkd-dispatcher",
            "/etc/networkd-dispatcher/" + folder);
        host.run(
            "install",
            "-m755",
            tools.resolve("hook").toString(),
            "/etc/networkd-dispatcher/" + folder + "/10-note");
      }
      host.start(
          "networkd-dispatcher",
          "/usr/bin/python3",
          program.toString(),
          "-S",
          "/etc/networkd-dispatcher");
      // networkd, itself and the one that asks. The bus does not tell here who they are.
      host.await("networkd-dispatcher on the bus", () -> clients() >= 3);
      // What it runs to look at the links was counted perhaps; the uncounted changes show that it
      // listens.
      Thread.sleep(2000);
    }

    private long clients() throws Exception {
      return host.run("busctl", "--system", "list", "--no-pager")
          .lines()
          .filter(line -> line.startsWith(":1."))
          .count();
    }

    private void change(boolean plug, boolean counts) throws IOException {
      OutputStream to = cable.getOutputStream();
      to.write(plug ? 'u' : 'd');
      to.flush();
      String answer = answers.readLine();
      if (answer == null || !answer.matches("\\d+ \\d+ \\d+")) {
        throw new IOException("the cable of " + name + " broke: " + answer);
      }
      String[] words = answer.split(" ", -1);
      changes.add(
          new Change(
              plug,
              counts,
              Long.parseLong(words[0]),
              Long.parseLong(words[1]),
              Long.parseLong(words[2])));
    }

    private List<Note> notes() throws IOException {
      List<Note> all = new ArrayList<>();
      if (Files.exists(notes)) {
        for (String line : Files.readString(notes).lines().toList()) {
          String[] words = line.split(" ", -1);
          all.add(new Note(Long.parseLong(words[0]), words[1]));
        }
      }
      return all;
    }

    private void mustHaveRun() throws IOException {
      List<Note> all = notes();
      for (String folder : FOLDERS) {
        if (all.stream().noneMatch(note -> note.folder().equals(folder))) {
          throw new IOException(
              "no hook in %s of %s ever ran%n%s%s"
                  .formatted(
                      folder,
                      name,
                      host.logs(),
                      sluice == null ? "" : sluice.command("hooks:log").out() + sluice.log()));
        }
      }
    }

    /** Each change has the first hook of its state that began before the change after it. */
    private void evaluate() throws IOException {
      List<Note> all = notes();
      for (int i = 0; i < changes.size(); i++) {
        Change change = changes.get(i);
        long until = i + 1 < changes.size() ? changes.get(i + 1).asked() : Long.MAX_VALUE;
        if (!change.counts()) {
          continue;
        }
        String folder = FOLDERS.get(change.up() ? 1 : 0);
        Note first =
            all.stream()
                .filter(n -> n.folder().equals(folder))
                .filter(n -> n.time() >= change.asked() && n.time() < until)
                .findFirst()
                .orElse(null);
        if (first == null || change.told() == 0) {
          lost++;
          continue;
        }
        (change.up() ? up : down).add((first.time() - change.told()) / 1e6);
        (change.up() ? upFromPlug : downFromPull).add((first.time() - change.asked()) / 1e6);
        if (change.addressed() != 0) {
          toAddress.add((change.addressed() - change.told()) / 1e6);
          fromAddress.add((first.time() - change.addressed()) / 1e6);
        }
      }
    }

    @Override
    public void close() throws IOException {
      cable.getOutputStream().close();
      if (sluice != null) {
        sluice.close();
      }
      host.close();
      try {
        cable.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
