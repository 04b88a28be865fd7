// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What the product says of managers and leases, as its commands answer. */
record ManagedPicture(ManagedHost host, SluiceProcess sluice) {

  private List<JsonValue> ask(String... command) {
    SluiceProcess.Answer answer = sluice.command(command);
    assertEquals(0, answer.exit(), answer::toString);
    return answer.out().startsWith("[")
        ? items(answer.json())
        : answer.out().lines().map(Namespace::json).toList();
  }

  /** How a source is: {@code LIVE}. */
  String condition(String source) {
    return ask("link:sources", "--json").stream()
        .filter(row -> text(row, "source").equals(source) || text(row, "name").equals(source))
        .map(row -> text(row, "condition"))
        .findFirst()
        .orElse("");
  }

  /**
   * What a manager says of a link.
   *
   * @param link empty for the host
   */
  JsonValue management(String manager, String link) {
    return found(manager, link)
        .orElseThrow(
            () -> new AssertionError(manager + " says nothing of the link \"" + link + "\""));
  }

  private Optional<JsonValue> found(String manager, String link) {
    return ask("link:managers", "--json").stream()
        .filter(row -> text(row, "manager").equals(manager) && text(row, "link").equals(link))
        .findFirst();
  }

  /** Setup, operational, IPv4 and IPv6 of a link, in this order, each in its word. */
  String words(String manager, String link) {
    return found(manager, link)
        .map(
            row ->
                String.join(
                    " ",
                    text(row, "stage"),
                    text(row, "setup"),
                    text(row, "operational"),
                    text(row, "ipv4"),
                    text(row, "ipv6")))
        .orElse("");
  }

  List<JsonValue> leases() {
    return ask("link:leases", "--json");
  }

  /** Whether there is one of a family. */
  boolean leased(boolean six) {
    return leaseOf(six).isPresent();
  }

  /** Of one family. */
  JsonValue lease(boolean six) {
    return leaseOf(six).orElseThrow(() -> new AssertionError("no lease in " + leases()));
  }

  private Optional<JsonValue> leaseOf(boolean six) {
    return leases().stream()
        .filter(row -> text(items(member(row, "addresses")).getFirst()).contains(":") == six)
        .findFirst();
  }

  /** What happened to {@code eth1} of late: the kind and the subject of each. */
  List<String> happenings() {
    return ask("link:happenings", "--json").stream()
        .filter(row -> text(row, "link").equals(ManagedHost.LINK))
        .map(row -> (text(row, "happening") + " " + text(row, "subject")).strip())
        .toList();
  }

  /**
   * What happened, once nothing more does: the kernel and a manager tell of the same thing one
   * after the other.
   */
  List<String> settled() throws Exception {
    List<String> before = happenings();
    while (true) {
      Thread.sleep(2000);
      List<String> now = happenings();
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
  }

  /** How often something of a kind happened since the start: happenings are the last hundred. */
  long total(String kind) {
    return ask("host:metrics", "sluice_link_happenings_total", "--json").stream()
        .filter(row -> text(row, "labels").equals("kind=" + kind))
        .mapToLong(row -> (long) Double.parseDouble(text(row, "value")))
        .sum();
  }

  /** How often a method was called on the bus since the start. */
  long calls(String method) {
    return ask("host:metrics", "sluice_dbus_calls_total", "--json").stream()
        .filter(row -> text(row, "labels").contains("method=" + method))
        .mapToLong(row -> (long) Double.parseDouble(text(row, "value")))
        .sum();
  }

  long count(String kind) {
    return happenings().stream().filter(h -> h.equals(kind) || h.startsWith(kind + " ")).count();
  }

  /** The threads that the domain has in the product, by as much of their names as there is. */
  List<String> threads() throws IOException {
    return sluice.threads().stream().filter(name -> name.contains("link.")).toList();
  }

  private List<String> threadsOrNone() {
    try {
      return threads();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Asks until the answer is yes; fails with all that is known when it never is. */
  void await(String what, Callable<Boolean> question) throws Exception {
    await(what, ManagedHost.PATIENCE, question);
  }

  void await(String what, Duration patience, Callable<Boolean> question) throws Exception {
    try {
      host.await(what, patience, question);
    } catch (AssertionError e) {
      throw new AssertionError(
          e.getMessage()
              + "\n"
              + threadsOrNone()
              + "\n"
              + sluice.command("link:sources").out()
              + sluice.command("link:managers").out()
              + sluice.command("link:leases").out()
              + sluice.command("link:happenings").out()
              + sluice.log(),
          e);
    }
  }
}
