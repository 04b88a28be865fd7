// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** The picture, asked for by a stranger over a real message bus. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LinkBusTest {
  private static final String NAME = "org.sluice.Link1";
  private static final String PATH = "/org/sluice/Link1";
  private static final Path POLICY =
      SluiceProcess.ROOT.resolve("runtime/package/" + NAME + ".conf");

  private static SluiceProcess launch(Namespace namespace, MessageBus bus) throws Exception {
    SluiceProcess sluice = SluiceProcess.prepare().under(namespace.prefix());
    sluice.config(
        "org.sluice.link.dbus", "{ \"enabled\": true, \"bus\": \"" + bus.address() + "\" }");
    sluice.launch();
    sluice.awaitTrue("the name on the bus", () -> offered(bus));
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
    return sluice;
  }

  private static boolean offered(MessageBus bus) throws Exception {
    return bus.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames").contains(NAME);
  }

  @Test
  void aStrangerReadsThePictureAndIsToldWhatHappens() throws Exception {
    try (Namespace namespace = Namespace.create();
        MessageBus bus = MessageBus.start(POLICY);
        SluiceProcess sluice = launch(namespace, bus)) {
      Path told = bus.folder().resolve("told");
      Process monitor = bus.monitor(NAME, told);
      try {
        sluice.awaitTrue("the monitor", () -> Files.readString(told).contains("NameAcquired"));
        namespace.ip("link add left type veth peer right");
        namespace.ip("addr add 10.9.0.2/24 dev left");
        sluice.awaitTrue(
            "the signal",
            () -> {
              String text = Files.readString(told);
              return text.contains("\"address-added\"")
                  && text.contains("\"left\"")
                  && text.contains("\"10.9.0.2/24\"");
            });
      } finally {
        monitor.destroyForcibly().waitFor();
      }
      String links = bus.call(NAME, PATH, NAME + ".ListLinks");
      assertTrue(links.contains("string \"left\"") && links.contains("\"Mtu\""), links);
      String addresses = bus.call(NAME, PATH, NAME + ".ListAddresses");
      assertTrue(addresses.contains("10.9.0.2/24"), addresses);
      for (String list : new String[] {"Routes", "Rules", "Gateways", "Leases", "Managers"}) {
        String answer = bus.call(NAME, PATH, NAME + ".List" + list);
        assertTrue(answer.startsWith("method return"), answer);
      }
      String one = bus.call(NAME, PATH, NAME + ".GetLink", "string:left");
      assertTrue(one.contains("\"veth\""), one);
      String none = bus.call(NAME, PATH, NAME + ".GetLink", "string:nothing");
      assertTrue(none.contains("there is no link named nothing"), none);
      String introspected = bus.call(NAME, PATH, "org.freedesktop.DBus.Introspectable.Introspect");
      assertTrue(introspected.contains("<signal name=\"Happened\">"), introspected);
    }
  }

  @Test
  void itComesBackWithTheBusAndGoesWithItsConfiguration() throws Exception {
    try (Namespace namespace = Namespace.create();
        MessageBus bus = MessageBus.start(POLICY);
        SluiceProcess sluice = launch(namespace, bus)) {
      bus.restart();
      sluice.awaitTrue("the name on the new bus", () -> offered(bus));
      String links = bus.call(NAME, PATH, NAME + ".ListLinks");
      assertTrue(links.contains("\"lo\""), links);
      sluice.config("org.sluice.link.dbus", "{ \"enabled\": false }");
      sluice.awaitTrue("the name to go", () -> !offered(bus));
      sluice.awaitTrue("its threads to end", () -> threads(sluice).isEmpty());
    }
  }

  private static List<String> threads(SluiceProcess sluice) throws Exception {
    return sluice.threads().stream().filter(name -> name.startsWith("dbus/link.dbus")).toList();
  }

  @Test
  void aBusThatRefusesTheNameIsToldInHealth() throws Exception {
    Path nothing = Files.createTempFile("policy", ".conf");
    Files.writeString(nothing, "<busconfig/>");
    try (Namespace namespace = Namespace.create();
        MessageBus bus = MessageBus.start(nothing);
        SluiceProcess sluice = SluiceProcess.prepare().under(namespace.prefix())) {
      sluice.config(
          "org.sluice.link.dbus", "{ \"enabled\": true, \"bus\": \"" + bus.address() + "\" }");
      sluice.launch();
      sluice.awaitTrue(
          "the refusal",
          () -> {
            String health = sluice.command("host:health").out();
            return health.contains("the bus refuses the name") && health.contains(NAME);
          });
    } finally {
      Files.delete(nothing);
    }
  }
}
