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
    configurationPid = Balancer.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      "osgi.command.scope=balancer",
      "osgi.command.function=backends",
      "osgi.command.function=traffic",
      "org.sluice.command.reads=backends",
      "org.sluice.command.reads=traffic"
    })
@Designate(ocd = Balancer.Config.class)
public final class Balancer {
  static final String PID = "com.example.balancer";

  @ObjectClassDefinition(name = "Load balancer", description = "Which service, and who serves it")
  public @interface Config {
    @AttributeDefinition(name = "Front", description = "The interface where clients are")
    String front();

    @AttributeDefinition(name = "Back", description = "The interface where backends are, and nobody else")
    String back();

    @AttributeDefinition(name = "Address", description = "Of the service, of IPv4, one of this host")
    String address();

    @AttributeDefinition(name = "Port", description = "Of the service, of UDP", min = "1", max = "65535")
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
        description = "Between two checks of a backend. Unit: milliseconds",
        min = "50",
        max = "60000")
    int checkInterval() default 1000;

    @AttributeDefinition(
        name = "Check timeout",
        description = "How long a backend may take to answer. Unit: milliseconds",
        min = "10",
        max = "60000")
    int checkTimeout() default 1000;

    @AttributeDefinition(
        name = "Rise",
        description = "Answers in a row that bring a backend back",
        min = "1",
        max = "100")
    int rise() default 2;

    @AttributeDefinition(
        name = "Fall",
        description = "Checks without an answer in a row that take a backend out",
        min = "1",
        max = "100")
    int fall() default 3;

    @AttributeDefinition(name = "Driver", description = "auto, xdp or afpacket")
    String driver() default Ports.AUTO;
  }

  /** A backend: what it was sent, and what it answered. */
  public record Row(String backend, boolean alive, long packets, long answers) {}

  /** What went through. */
  public record Sum(long forwarded, long answered, long dropped) {}

  private final Ports ports;
  private final Health health;
  private Config config;
  private Service service;
  private Traffic traffic;

  @Activate
  public Balancer(@Reference Ports ports, Config config) throws IOException {
    this.ports = ports;
    this.config = config;
    service = Service.of(config, null);
    traffic = new Traffic(ports, config, service);
    health = new Health(config, service);
  }

  /** Ports stay open, and no packet is lost, unless it is told to use other ones. */
  @Modified
  public synchronized void modified(Config changed) throws IOException, InterruptedException {
    Service next = Service.of(changed, service);
    if (place(changed).equals(place(config))) {
      traffic.serve(next);
    } else {
      traffic.close();
      try {
        traffic = new Traffic(ports, changed, next);
      } catch (IOException | RuntimeException e) {
        traffic = new Traffic(ports, config, service);
        throw e;
      }
    }
    health.check(changed, next);
    service = next;
    config = changed;
  }

  @Deactivate
  public synchronized void stop() throws InterruptedException {
    health.close();
    traffic.close();
  }

  private static List<String> place(Config config) {
    return List.of(config.front(), config.back(), config.driver());
  }

  @Descriptor(
      """
      Lists the backends: whether each is alive, what it was sent, and what it answered.
      Example: balancer:backends""")
  public synchronized List<Row> backends() {
    return Arrays.stream(service.backends())
        .map(one -> new Row(one.text, one.alive(), one.packets(), one.answers()))
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
