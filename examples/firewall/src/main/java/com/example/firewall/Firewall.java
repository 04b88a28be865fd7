package com.example.firewall;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.sluice.packet.api.PacketHandler;

/** Joins two interfaces like a switch, and lets by what the rules allow. */
@Component(
    service = Firewall.class,
    immediate = true,
    configurationPid = "com.example.firewall",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      "osgi.command.scope=firewall",
      "osgi.command.function=rules",
      "osgi.command.function=sides",
      "org.sluice.command.reads=rules",
      "org.sluice.command.reads=sides"
    })
@Designate(ocd = Firewall.Config.class)
public final class Firewall {
  private final BundleContext context;
  private volatile Rules rules;
  private Pair pair;

  @ObjectClassDefinition(name = "Firewall", description = "Two interfaces, and what may pass from one to the other")
  public @interface Config {
    @AttributeDefinition(name = "Inside", description = "An interface without addresses of the host")
    String inside();

    @AttributeDefinition(name = "Outside", description = "Another one")
    String outside();

    @AttributeDefinition(name = "Driver", description = "auto, xdp or afpacket")
    String driver() default "auto";

    @AttributeDefinition(
        name = "Rules",
        description = "The first one that covers a packet decides: allow tcp from any to 192.0.2.0/24 port 80 and back")
    String[] rules() default {};

    @AttributeDefinition(name = "Allow the rest", description = "What no rule covers may pass")
    boolean allowRest() default false;
  }

  /** What became of what arrived at one interface. */
  public record SideRow(String link, long forwarded, long neighbours, long malformed, long unable) {}

  /** The two handlers, and where they stand. */
  private record Pair(
      String inside,
      String outside,
      String driver,
      Side in,
      Side out,
      List<ServiceRegistration<PacketHandler>> registrations) {
    boolean fits(Config config) {
      return inside.equals(config.inside())
          && outside.equals(config.outside())
          && driver.equals(config.driver());
    }
  }

  @Activate
  public Firewall(BundleContext context, Config config) {
    this.context = context;
    change(config);
  }

  /** Other rules hold from the next batch on, and no port is touched; other interfaces are begun anew. */
  @Modified
  void change(Config config) {
    Rules next = new Rules(config.rules(), config.allowRest());
    if (pair != null && !pair.fits(config)) {
      stop();
    }
    rules = next;
    if (pair == null) {
      Side in = new Side(() -> rules);
      Side out = new Side(() -> rules);
      Side.join(in, out);
      pair =
          new Pair(
              config.inside(),
              config.outside(),
              config.driver(),
              in,
              out,
              List.of(register(in, config.inside(), config), register(out, config.outside(), config)));
    }
  }

  private ServiceRegistration<PacketHandler> register(Side side, String link, Config config) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(PacketHandler.INTERFACE, link);
    properties.put(PacketHandler.DRIVER, config.driver());
    return context.registerService(PacketHandler.class, side, properties);
  }

  @Deactivate
  void stop() {
    pair.registrations().forEach(ServiceRegistration::unregister);
    pair = null;
  }

  @Descriptor(
      """
      Lists the rules and how many packets each has decided about since it was read.
      Example: firewall:rules""")
  public List<Rules.Row> rules() {
    return rules.rows();
  }

  @Descriptor(
      """
      Tells what became of the packets of either interface.
      Example: firewall:sides""")
  public List<SideRow> sides() {
    Pair now = pair;
    return List.of(row(now.inside(), now.in()), row(now.outside(), now.out()));
  }

  private static SideRow row(String link, Side side) {
    return new SideRow(
        link, side.forwarded.sum(), side.neighbours.sum(), side.malformed.sum(), side.unable.sum());
  }
}
