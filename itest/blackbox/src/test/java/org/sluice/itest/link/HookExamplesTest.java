// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.HookHome;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** The hooks in {@code examples/hooks}, copied as their reader would. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HookExamplesTest {
  private static final Path EXAMPLES = SluiceProcess.ROOT.resolve("examples/hooks");

  @Test
  void everyExampleDoesWhatItSays() throws Exception {
    Set<String> hooks = new TreeSet<>();
    try (HookHome home = HookHome.prepare()) {
      try (Stream<Path> files = Files.walk(EXAMPLES.resolve("hooks.d"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String name = EXAMPLES.resolve("hooks.d").relativize(file).toString();
          hooks.add(name);
          assertTrue(Files.isExecutable(file), name);
          // Written anew, since a checkout may be writable for its group.
          home.hook(name, Files.readString(file).replaceFirst("^#!/bin/sh\n", ""));
        }
      }
      try (Stream<Path> files = Files.list(EXAMPLES.resolve("configs"))) {
        for (Path file : files.toList()) {
          home.sluice()
              .put(
                  home.sluice().configs().resolve(file.getFileName().toString()),
                  Files.readAllBytes(file));
        }
      }
      home.launch();
      home.namespace().ip("link add veth9 type veth peer name peer9");
      home.namespace().ip("link set peer9 up");
      home.namespace().ip("link set veth9 up");
      home.namespace().ip("addr add 10.1.0.1/24 dev veth9");
      home.namespace().ip("route add default via 10.1.0.9");
      home.sluice()
          .awaitTrue(
              "the queue",
              () -> home.namespace().ip("-j link show dev veth9").contains("\"txqlen\":500"));
      home.sluice()
          .awaitTrue(
              "the route",
              () ->
                  home.namespace()
                      .ip("route show 198.51.100.0/24")
                      .contains("via 10.1.0.9 dev veth9"));
      home.namespace().ip("link set peer9 down");
      home.sluice()
          .awaitTrue(
              "the loss of the carrier",
              () -> home.log("no-carrier.d/50-outage", "link").contains("veth9"));
      home.namespace().ip("link set peer9 up");
      home.sluice()
          .awaitTrue(
              "the length of the outage",
              () ->
                  home.log("carrier.d/50-outage", "output").stream()
                      .anyMatch(o -> o.matches("veth9 had no carrier for [0-9]+ s")));
      List<String> journal = Files.readAllLines(home.sluice().home().resolve("var/hooks/journal"));
      for (String line : journal) {
        JsonValue event = Namespace.json(line);
        assertEquals("sluice.event.v1", text(event, "schema"));
      }
      assertTrue(
          journal.stream().anyMatch(l -> l.contains("\"default-route-added\"")), journal::toString);
      Set<String> ran = new TreeSet<>();
      for (JsonValue run : home.log()) {
        ran.add(text(run, "hook"));
        assertEquals("ok", text(run, "outcome"), () -> home.log().toString());
      }
      assertEquals(hooks, ran, "every example ran");
    }
  }
}
