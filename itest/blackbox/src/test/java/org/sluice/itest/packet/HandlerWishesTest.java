// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** What handlers ask of their port, beyond what they receive. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HandlerWishesTest {
  /** Counts, and is told of another configuration without being made anew. */
  private static PluginJar counter(String name) throws Exception {
    return PluginJar.named(name, "1.0.0")
        .source(
            """
            package %1$s;

            import java.util.Map;
            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.ConfigurationPolicy;
            import org.osgi.service.component.annotations.Modified;
            import org.sluice.packet.api.FrameBatch;
            import org.sluice.packet.api.PacketHandler;

            @Component(
                configurationPid = "%1$s",
                configurationPolicy = ConfigurationPolicy.REQUIRE,
                property = {"packet.interface=near", "packet.driver=xdp"})
            public final class Counter implements PacketHandler {
              @Activate
              @Modified
              public void changed(Map<String, Object> properties) {}

              @Override
              public void handle(FrameBatch frames) {}
            }
            """
                .formatted(name))
        .make();
  }

  private static void send(Wire wire, int port) throws Exception {
    wire.python(
        """
        import socket, sys
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for i in range(10):
            s.sendto(b'x', ('10.99.0.1', int(sys.argv[1])))
        """,
        Integer.toString(port));
  }

  private static void await(SluiceProcess sluice, String command, String text) throws Exception {
    sluice.awaitTrue(text, () -> sluice.command(command.split(" ")).out().contains(text));
  }

  @Test
  void thePortIsAsTheyAskAndStaysOpenWhenOnlyWhatTheyReceiveChanges() throws Exception {
    try (Wire wire = Wire.create();
        SluiceProcess sluice = SluiceProcess.prepare().under(wire.near().prefix()).launch()) {
      sluice.config(
          "first",
          """
          { "packet.match": "udp port 9000", "packet.ring": 1024, "packet.option.xdp.attach": "generic" }
          """);
      sluice.drop("first.jar", counter("first"));
      await(sluice, "packet:ports", "generic");
      await(sluice, "packet:handlers", "called");
      String rings = sluice.command("packet:rings", "--json").out();
      assertTrue(rings.contains("1024") && !rings.contains("2048"), rings);
      send(wire, 9000);

      sluice.config(
          "first",
          """
          { "packet.match": "udp port 9001", "packet.ring": 1024, "packet.option.xdp.attach": "generic" }
          """);
      await(sluice, "packet:handlers", "udp port 9001");
      send(wire, 9001);
      sluice.awaitTrue(
          "twenty frames by one and the same port",
          () ->
              sluice
                  .command("packet:ports", "--json")
                  .out()
                  .replace(" ", "")
                  .contains("\"received\":20"));

      sluice.config("second", "{ \"packet.match\": \"udp port 9002\", \"packet.ring\": 512 }");
      sluice.drop("second.jar", counter("second"));
      await(sluice, "packet:handlers", "packet.ring is 512, but another handler");

      sluice.config(
          "first",
          "{ \"packet.match\": \"udp port 9001\", \"packet.option.xdp.attach\": \"native\" }");
      await(sluice, "packet:ports", "native");
      sluice.config("first", "{ \"packet.option.xdp.atach\": \"native\" }");
      await(sluice, "packet:handlers", "xdp.attach");
    }
  }
}
