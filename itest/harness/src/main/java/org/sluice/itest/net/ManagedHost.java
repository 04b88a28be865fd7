// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.itest.SluiceProcess;

/**
 * A throw-away host on which real managers of the network run: processes, mounts, network, host
 * name, {@code /etc}, {@code /run} and the message bus are its own. Its link {@code eth1} (its only
 * one) is a cable to {@code p1} in the namespace {@code peer}, which is 10.77.1.1 and fd77:1::1 and
 * may serve DHCP. Nothing of the host outside is touched, and all of it ends when it is closed, or
 * when the tests die.
 */
public final class ManagedHost implements AutoCloseable {
  public static final String LINK = "eth1";

  /** Long enough for a loaded machine; only a failing test waits for it. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Process outer;
  private final long init;
  private final int number = COUNT.incrementAndGet();
  private final List<ManagedDaemon> daemons = new ArrayList<>();

  private ManagedHost(Process outer, long init) {
    this.outer = outer;
    this.init = init;
  }

  /**
   * Skips the test where no such host can be made, or where a tool is missing.
   *
   * @param tools programs that the test cannot do without
   */
  public static ManagedHost create(String... tools) throws Exception {
    assumeTrue(
        (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
        "making a throw-away host needs root");
    for (String tool : tools) {
      assumeTrue(present(tool), () -> tool + " is missing; see itest/system-packages");
    }
    String script;
    try (InputStream text =
        Objects.requireNonNull(ManagedHost.class.getResourceAsStream("/managed-host.sh"))) {
      script = new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
    Process outer =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--uts",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                "-c",
                script)
            .redirectErrorStream(true)
            .start();
    String said;
    try {
      said = firstLine(outer);
    } catch (IOException | InterruptedException e) {
      outer.destroyForcibly();
      throw e;
    }
    if (!said.equals("ready")) {
      outer.destroyForcibly();
    }
    assumeTrue(said.equals("ready"), () -> "no throw-away host can be made here: " + said);
    long init = outer.children().findFirst().orElseThrow().pid();
    return new ManagedHost(outer, init);
  }

  private static boolean present(String tool) {
    return tool.startsWith("/")
        ? Files.isExecutable(Path.of(tool))
        : List.of("/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/").stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder + tool)));
  }

  private static String firstLine(Process of) throws IOException, InterruptedException {
    // Left open: closing it would end the process that goes on to write there.
    var lines =
        new BufferedReader(new InputStreamReader(of.getInputStream(), StandardCharsets.UTF_8));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!lines.ready() && of.isAlive() && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    String line = lines.ready() || !of.isAlive() ? lines.readLine() : "it took too long";
    return line == null ? "it said nothing and ended with " + of.exitValue() : line;
  }

  /** What is put before a command to run it here. The command becomes a child of that. */
  public String[] prefix() {
    return new String[] {
      "nsenter", "--target", Long.toString(init), "--mount", "--net", "--pid", "--uts", "--"
    };
  }

  /** A file or folder of this host, as it can be reached from outside. */
  public Path file(String path) {
    return Path.of("/proc/" + init + "/root" + path);
  }

  /** Writes a file of this host. */
  public void write(String path, String text) throws IOException {
    Path to = file(path);
    Files.createDirectories(to.getParent());
    Files.writeString(to, text);
  }

  /** Reads a file of this host. */
  public String read(String path) throws IOException {
    return Files.readString(file(path));
  }

  /** What a command printed. */
  public record Ran(int exit, String out) {}

  /** Runs a command here, whatever comes of it. */
  public Ran attempt(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix()));
    command.addAll(List.of(words));
    Path out = Files.createTempFile("managed-host", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .start();
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      return new Ran(ended ? process.exitValue() : 124, Files.readString(out));
    } finally {
      Files.delete(out);
    }
  }

  /** Runs a command here that must do. */
  public String run(String... words) throws Exception {
    Ran ran = attempt(words);
    if (ran.exit() != 0) {
      throw new IllegalStateException(
          String.join(" ", words) + " ended with " + ran.exit() + ": " + ran.out());
    }
    return ran.out();
  }

  /** Runs {@code ip} here, with words that are separated by spaces. */
  public String ip(String words) throws Exception {
    return run(("ip " + words).split(" "));
  }

  /** Runs {@code ip} at the other end of the cable. */
  public String peer(String words) throws Exception {
    return run(("ip -n peer " + words).split(" "));
  }

  /** Plugs the cable in or pulls it, at the other end. */
  public void cable(boolean in) throws Exception {
    peer("link set p1 " + (in ? "up" : "down"));
  }

  /** The number of a link, as the kernel counts. */
  public int index(String link) throws Exception {
    return Integer.parseInt(ip("-o link show dev " + link).replaceFirst(":.*\\s*", "").strip());
  }

  /** Starts a program that stays; it is ended with this host at the latest. */
  public ManagedDaemon start(String name, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix()));
    command.addAll(List.of(words));
    Path logs = Path.of("target", "logs");
    Files.createDirectories(logs);
    Path log =
        logs.resolve("host-" + ProcessHandle.current().pid() + "-" + number + "-" + name + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    ManagedDaemon daemon = new ManagedDaemon(name, process, log);
    daemons.add(daemon);
    return daemon;
  }

  /** The system bus; waits until it can be connected to. */
  public ManagedDaemon bus() throws Exception {
    Files.deleteIfExists(file("/run/dbus/system_bus_socket"));
    ManagedDaemon bus = start("bus", "dbus-daemon", "--system", "--nofork", "--nopidfile");
    await(
        "the system bus",
        () ->
            attempt(
                        "busctl",
                        "--system",
                        "call",
                        "org.freedesktop.DBus",
                        "/org/freedesktop/DBus",
                        "org.freedesktop.DBus",
                        "GetId")
                    .exit()
                == 0);
    return bus;
  }

  /**
   * Serves DHCPv4 at the other end: leases of two minutes (it knows none that are shorter) from
   * 10.77.1.100 on, a router, two name servers, domains, an MTU.
   *
   * @param more options for dnsmasq, such as {@link #six}
   */
  public ManagedDaemon dhcpServer(String... more) throws Exception {
    return dhcpServer(Duration.ofMinutes(2), more);
  }

  /**
   * As {@link #dhcpServer(String...)}.
   *
   * @param lease how long an IPv4 lease lasts; by half of it a client renews it
   */
  public ManagedDaemon dhcpServer(Duration lease, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                "peer",
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=0",
                "--no-resolv",
                "--no-hosts",
                "--no-ping",
                "--user=root",
                "--pid-file=",
                "--interface=p1",
                "--bind-interfaces",
                "--dhcp-authoritative",
                "--dhcp-range=10.77.1.100,10.77.1.150,255.255.255.0," + lease.toMinutes() + "m",
                "--dhcp-option=option:router,10.77.1.1",
                "--dhcp-option=option:dns-server,10.77.1.1,9.9.9.9",
                "--dhcp-option=option:domain-name,rig.example",
                "--dhcp-option=option:domain-search,rig.example,corp.example",
                "--dhcp-option=option:ntp-server,10.77.1.1",
                "--dhcp-option=option:mtu,1400",
                "--dhcp-leasefile=/run/dnsmasq.leases",
                "--log-dhcp",
                "--log-facility=-"));
    command.addAll(List.of(more));
    ManagedDaemon server = start("dnsmasq", command.toArray(String[]::new));
    await("dnsmasq to serve", () -> server.log().contains("DHCP, sockets bound"));
    return server;
  }

  /** Options of {@link #dhcpServer} that add router advertisements and DHCPv6. */
  public static String[] six() {
    return new String[] {
      "--dhcp-range=fd77:1::100,fd77:1::150,64,2m", "--enable-ra", "--ra-param=p1,10,60"
    };
  }

  /**
   * Starts systemd-networkd, which looks after {@code eth1}.
   *
   * @param body of its {@code .network} file, all but the section Match; what is there stays when
   *     it is empty
   */
  public ManagedDaemon networkd(String body) throws Exception {
    if (!body.isEmpty()) {
      write("/run/systemd/network/10-eth1.network", "[Match]\nName=eth1\n" + body);
    }
    return start("networkd", "/lib/systemd/systemd-networkd");
  }

  /** Starts NetworkManager, which looks after cables, asks no policy and has no connections. */
  public ManagedDaemon networkManager() throws Exception {
    return networkManager(Duration.ofSeconds(6));
  }

  /**
   * As {@link #networkManager()}, of which the patience is that of NetworkManager itself.
   *
   * @param patience how long a cable may be pulled before it gives up what it has configured
   */
  public ManagedDaemon networkManager(Duration patience) throws Exception {
    run("rm", "-rf", "/etc/NetworkManager/conf.d", "/etc/NetworkManager/system-connections");
    run("mkdir", "-p", "/etc/NetworkManager/conf.d", "/etc/NetworkManager/system-connections");
    write(
        "/etc/NetworkManager/NetworkManager.conf",
        """
        [main]
        plugins=keyfile
        dhcp=internal
        dns=none
        rc-manager=unmanaged
        no-auto-default=*
        auth-polkit=false
        [connectivity]
        enabled=false
        [device]
        match-device=type:veth
        managed=1
        ignore-carrier=no
        carrier-wait-timeout=%d
        """
            .formatted(patience.toMillis()));
    return networkManagerAgain();
  }

  /** Starts NetworkManager on what it left behind. */
  public ManagedDaemon networkManagerAgain() throws Exception {
    ManagedDaemon manager = start("networkmanager", "NetworkManager", "--no-daemon");
    await("NetworkManager", () -> attempt("nmcli", "-t", "general", "status").exit() == 0);
    return manager;
  }

  /**
   * Starts dhclient on {@code eth1} in the foreground, with its lease file where Debian has it.
   *
   * @param family {@code -4} or {@code -6}
   */
  public ManagedDaemon dhclient(String family, String... more) throws Exception {
    boolean six = family.equals("-6");
    List<String> command =
        new ArrayList<>(
            List.of(
                "dhclient",
                family,
                "-v",
                "-d",
                "-pf",
                six ? "/run/dhclient6.eth1.pid" : "/run/dhclient.eth1.pid",
                "-lf",
                six
                    ? "/var/lib/dhcp/dhclient6.eth1.leases"
                    : "/var/lib/dhcp/dhclient.eth1.leases"));
    command.addAll(List.of(more));
    command.add(LINK);
    return start(six ? "dhclient6" : "dhclient", command.toArray(String[]::new));
  }

  /** The product with a home of its own, to be launched on this host. */
  public SluiceProcess prepare(String... options) throws IOException {
    return SluiceProcess.prepare(options).underParent(prefix());
  }

  /** The shell answers before the domains are there, which come one after the other. */
  public SluiceProcess launch(SluiceProcess sluice) throws Exception {
    sluice.launch();
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
    sluice.awaitTrue(
        "what there was", () -> sluice.command("link:happenings").out().contains("link-added"));
    return sluice;
  }

  /** Asks until the answer is yes; fails with the logs of all daemons when it never is. */
  public void await(String what, Callable<Boolean> question) throws Exception {
    await(what, PATIENCE, question);
  }

  /** As {@link #await(String, Callable)}, with more or less patience. */
  public void await(String what, Duration patience, Callable<Boolean> question) throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    while (!question.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what + "\n" + logs());
      }
      Thread.sleep(20);
    }
  }

  /** The end of what every daemon wrote. */
  public String logs() {
    StringBuilder all = new StringBuilder();
    for (ManagedDaemon daemon : daemons) {
      List<String> lines = daemon.log().lines().toList();
      all.append("--- ").append(daemon.name()).append(daemon.alive() ? "" : " (ended)");
      lines
          .subList(Math.max(0, lines.size() - 40), lines.size())
          .forEach(l -> all.append('\n').append(l));
      all.append('\n');
    }
    return all.toString();
  }

  @Override
  public void close() throws IOException {
    end();
  }

  /** Ends every process of this host: the kernel does, when the first one goes. */
  public void end() throws IOException {
    outer.getOutputStream().close();
    try {
      if (!outer.waitFor(10, TimeUnit.SECONDS)) {
        ProcessHandle.of(init).ifPresent(ProcessHandle::destroyForcibly);
        outer.destroyForcibly();
      }
      for (ManagedDaemon daemon : daemons) {
        daemon.process().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      // They end with the host all the same.
      Thread.currentThread().interrupt();
    }
  }
}
