// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/**
 * One running Sluice with a home of its own: the distribution as it is built, started by its
 * launcher as a process. Closing it kills what is left and removes the home, unless the test failed
 * to end it, in which case the log stays in {@code target/logs}.
 */
public final class SluiceProcess implements AutoCloseable {
  public static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  public static final Path DIST =
      Path.of(System.getProperty("sluice.dist", "../../runtime/target/dist"));

  /** Long enough for a loaded machine; only a failing test waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Below those that the kernel gives to whoever asks for any. */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS = 12_000;

  /** JVMs of tests begin at different places. */
  private static final AtomicInteger PORT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 997 % PORTS));

  private final Path home;
  private final List<String> options;
  private final List<String> prefix = new ArrayList<>();
  private boolean child;
  private boolean shipped;
  private final Path log;
  private int port;
  private @Nullable Process process;

  private SluiceProcess(Path home, List<String> options) throws IOException {
    this.home = home;
    this.options = options;
    Path logs = Path.of("target", "logs");
    Files.createDirectories(logs);
    log = logs.resolve(home.getFileName() + ".log");
    for (String folder : List.of("plugins", "configs")) {
      Files.createDirectories(home.resolve(folder));
    }
  }

  /** A home that is prepared, with nothing running yet. */
  public static SluiceProcess prepare(String... options) throws IOException {
    return new SluiceProcess(Files.createTempDirectory("sluice-"), List.of(options));
  }

  /** Started, and waited for. */
  public static SluiceProcess start(String... options) throws Exception {
    SluiceProcess sluice = prepare(options);
    try {
      sluice.launch();
    } catch (Exception e) {
      sluice.close();
      throw e;
    }
    return sluice;
  }

  /** Commands to run the process under, such as {@code ip netns exec NAME}. */
  public SluiceProcess under(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** As {@link #under}, by a command that has the process as its only child. */
  public SluiceProcess underParent(String... command) {
    child = true;
    return under(command);
  }

  /** Started by the script of the distribution, with its options for Java, as users start it. */
  public SluiceProcess asShipped() {
    shipped = true;
    return this;
  }

  /**
   * Starts the process on the same home, again if need be, and waits until commands are answered.
   */
  public SluiceProcess launch() throws Exception {
    spawn();
    awaitUp();
    return this;
  }

  /** Starts the process and does not wait. */
  public SluiceProcess spawn() throws IOException {
    port = freePort();
    List<String> command = new ArrayList<>(prefix);
    if (shipped) {
      command.addAll(List.of(DIST.resolve("bin/sluice").toString(), "run"));
    } else {
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--sun-misc-unsafe-memory-access=allow",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-jar",
              DIST.resolve("lib/sluice.jar").toString()));
    }
    command.addAll(List.of("--home", home.toString(), "--http", "127.0.0.1:" + port));
    command.addAll(options);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return this;
  }

  /**
   * A port that is free and stays so until it is used. One that the kernel chose could be given to
   * somebody else meanwhile.
   */
  public static int freePort() throws IOException {
    for (int i = 0; i < PORTS; i++) {
      int next = FIRST_PORT + Math.floorMod(PORT.getAndIncrement(), PORTS);
      try (ServerSocket free = new ServerSocket(next)) {
        return free.getLocalPort();
      } catch (BindException e) {
        // Somebody has it: the next one.
      }
    }
    throw new IOException("no port is free");
  }

  private void awaitUp() throws Exception {
    await(
        "the process to answer commands",
        () -> {
          if (!process().isAlive()) {
            throw new IllegalStateException("exited with " + process().exitValue() + "\n" + log());
          }
          return command("help").exit() == 0 ? Boolean.TRUE : null;
        });
  }

  public Path home() {
    return home;
  }

  public Path plugins() {
    return home.resolve("plugins");
  }

  public Path configs() {
    return home.resolve("configs");
  }

  public int port() {
    return port;
  }

  public Process process() {
    if (process == null) {
      throw new IllegalStateException("not started yet");
    }
    return process;
  }

  /** The product's own process. */
  public ProcessHandle handle() {
    return child
        ? process().children().findFirst().orElseGet(process()::toHandle)
        : process().toHandle();
  }

  /** The names of its threads, of which the kernel keeps 15 bytes, sorted. */
  public List<String> threads() throws IOException {
    List<String> names = new ArrayList<>();
    try (var tasks = Files.list(Path.of("/proc", Long.toString(handle().pid()), "task"))) {
      for (Path task : tasks.toList()) {
        try {
          names.add(Files.readString(task.resolve("comm")).strip());
        } catch (IOException e) {
          // It ended meanwhile: ENOENT, or ESRCH when that was between opening and reading.
        }
      }
    }
    names.sort(null);
    return names;
  }

  /** Everything the process wrote to its standard output and error so far. */
  public String log() {
    try {
      return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command answered. */
  public record Answer(int exit, String out, String err) {
    public JsonValue json() {
      try {
        return JsonReader.read(out);
      } catch (org.sluice.json.JsonException e) {
        throw new AssertionError("not JSON at " + e.place() + ": " + e.getMessage() + "\n" + this);
      }
    }
  }

  /** Runs one command over the control socket; exit code 3 when nobody answers. */
  public Answer command(String... arguments) {
    return request('A', String.join("\0", arguments));
  }

  /** Evaluates a line of the shell's language. */
  public Answer line(String line) {
    return request('L', line);
  }

  private Answer request(char type, String payload) {
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    var address = UnixDomainSocketAddress.of(home.resolve("var/run/sluice.sock"));
    try (SocketChannel channel = SocketChannel.open(address)) {
      var to = new DataOutputStream(Channels.newOutputStream(channel));
      byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
      to.writeByte(type);
      to.writeInt(bytes.length);
      to.write(bytes);
      to.flush();
      var from = new DataInputStream(Channels.newInputStream(channel));
      while (true) {
        char kind = (char) from.readByte();
        String text = new String(from.readNBytes(from.readInt()), StandardCharsets.UTF_8);
        switch (kind) {
          case 'o', 'c' -> out.append(text);
          case 'e' -> err.append(text);
          case 'x' -> {
            return new Answer(Integer.parseInt(text), out.toString(), err.toString());
          }
          default -> throw new IOException("unknown frame " + kind);
        }
      }
    } catch (IOException e) {
      return new Answer(3, out.toString(), err + e.toString());
    }
  }

  /** Gets a path from the process's HTTP port. */
  public HttpResponse<String> http(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(PATIENCE)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Puts a file in place at once: written beside, then renamed. */
  public void put(Path file, byte[] content) throws IOException {
    Path beside = Files.createTempFile(home, "put", ".tmp");
    Files.write(beside, content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  public void config(String pid, String text) throws IOException {
    put(configs().resolve(pid + ".cfg.json"), text.getBytes(StandardCharsets.UTF_8));
  }

  public void drop(String name, PluginJar jar) throws IOException {
    put(plugins().resolve(name), jar.bytes());
  }

  /**
   * Asks until the answer is not null; fails with the last answer and the log when it never comes.
   */
  public <T> T await(String what, Callable<? extends @Nullable T> question) throws Exception {
    return await(what, PATIENCE, question);
  }

  public <T> T await(String what, Duration patience, Callable<? extends @Nullable T> question)
      throws Exception {
    long end = System.nanoTime() + patience.toNanos();
    do {
      T answer = question.call();
      if (answer != null) {
        return answer;
      }
      Thread.sleep(10);
    } while (System.nanoTime() < end);
    throw new AssertionError("waited in vain for " + what + "; the log:\n" + log());
  }

  /** Asks until the answer is yes. */
  public void awaitTrue(String what, Callable<Boolean> question) throws Exception {
    await(what, () -> question.call() ? Boolean.TRUE : null);
  }

  /**
   * Waits until the configuration is past its trial. Before that whatever falls ill takes it back,
   * and a sudden death has it tried again.
   */
  public void awaitCommitted() throws Exception {
    awaitTrue(
        "the configuration to be committed",
        () -> {
          String status = command("config:status", "--json").out();
          return status.matches("(?s).*\"current\": ?true.*")
              && status.contains("\"in force\"")
              && !status.contains("on probation");
        });
  }

  /** Dies without a chance to tidy up. */
  public void kill() throws InterruptedException {
    handle().destroyForcibly();
    process().waitFor();
  }

  /** Asked to stop as a service manager would; true when it did in time. */
  public boolean stop() throws InterruptedException {
    handle().destroy();
    return process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try (var tree = Files.walk(home)) {
      tree.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      // Children of the process that were killed with it may be on their way out yet.
      System.getLogger("itest").log(System.Logger.Level.WARNING, "removing " + home, e);
    }
  }
}
