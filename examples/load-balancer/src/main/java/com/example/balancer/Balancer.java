package com.example.balancer;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.sluice.packet.api.Ports;

/** Spreads the datagrams to one address and port over backends, and brings their answers back. */
@Component(
    service = Balancer.class,
    immediate = true,
    configurationPid = "com.example.balancer",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      "osgi.command.scope=balancer",
      "osgi.command.function=backends",
      "osgi.command.function=traffic"
    })
@Designate(ocd = Balancer.Config.class)
public final class Balancer {

  @ObjectClassDefinition(name = "Load balancer", description = "Which service, and who serves it")
  public @interface Config {
    @AttributeDefinition(name = "Front", description = "The interface where clients are")
    String front();

    @AttributeDefinition(name = "Back", description = "The interface where backends are")
    String back();

    @AttributeDefinition(name = "Address", description = "Of the service, of IPv4, one of this host")
    String address();

    @AttributeDefinition(name = "Port", description = "Of UDP", min = "1", max = "65535")
    int port();

    @AttributeDefinition(name = "Backends", description = "Their addresses, of IPv4")
    String[] backends();

    @AttributeDefinition(
        name = "Check port",
        description = "Of TCP; a backend is alive when it can be connected to",
        min = "1",
        max = "65535")
    int checkPort();

    @AttributeDefinition(
        name = "Check interval",
        description = "Between two checks. Unit: milliseconds",
        min = "50",
        max = "60000")
    int checkInterval() default 1000;

    @AttributeDefinition(name = "Driver", description = "By name, or auto")
    String driver() default Ports.AUTO;
  }

  /** A backend. */
  public record Row(String backend, boolean alive, long packets) {}

  /** What went through. */
  public record Sum(long forwarded, long answered, long dropped) {}

  private final Ports ports;
  private final Health health;
  private Config config;
  private Backend[] backends;
  private Traffic traffic;

  @Activate
  public Balancer(@Reference Ports ports, Config config) throws IOException {
    this.ports = ports;
    this.config = config;
    backends = made(config);
    traffic = new Traffic(ports, config, backends);
    health = new Health(config, backends);
  }

  /** Ports stay open, and no packet is lost, unless the place of the service changes. */
  @Modified
  public synchronized void modified(Config changed) throws IOException {
    Backend[] fresh = made(changed);
    if (place(changed).equals(place(config))) {
      traffic.backends(fresh);
    } else {
      traffic.close();
      traffic = new Traffic(ports, changed, fresh);
    }
    health.change(changed, fresh);
    backends = fresh;
    config = changed;
  }

  @Deactivate
  public synchronized void stop() throws InterruptedException {
    health.close();
    traffic.close();
  }

  private static List<Object> place(Config config) {
    return List.of(
        config.front(), config.back(), config.address(), config.port(), config.driver());
  }

  /** Those that stay keep what is known of them. */
  private Backend[] made(Config config) {
    Backend[] before = backends == null ? new Backend[0] : backends;
    return Arrays.stream(config.backends())
        .distinct()
        .map(
            text ->
                Arrays.stream(before)
                    .filter(backend -> backend.text.equals(text))
                    .findFirst()
                    .orElseGet(() -> new Backend(text)))
        .toArray(Backend[]::new);
  }

  @Descriptor(
      """
      Lists the backends, whether they are alive, and how many packets each was sent.
      Example: balancer:backends""")
  public synchronized List<Row> backends() {
    return Arrays.stream(backends)
        .map(backend -> new Row(backend.text, backend.alive, backend.packets()))
        .toList();
  }

  @Descriptor(
      """
      Tells how many packets went to backends, came back, and were dropped.
      Example: balancer:traffic""")
  public synchronized Sum traffic() {
    return new Sum(traffic.forwarded(), traffic.answered(), traffic.dropped());
  }
}
