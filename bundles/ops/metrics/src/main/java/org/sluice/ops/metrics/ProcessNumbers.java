// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The process and its virtual machine, under the names that dashboards know. */
final class ProcessNumbers {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.metrics");
  private static final int KIBI = 1024;
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files\\s+(\\d+)");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");
  private static final Pattern VIRTUAL = Pattern.compile("(?m)^VmSize:\\s+(\\d+) kB");

  private final String version;

  /**
   * @param version of the product
   */
  ProcessNumbers(String version) {
    this.version = version;
  }

  void collect(Gathering to) {
    to.gauge("sluice_info", "The product.", 1, "version", version);
    process(to);
    memory(to);
    threads(to);
    classes(to);
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      to.summary(
          "jvm_gc_collection_seconds",
          "Time spent in a garbage collector.",
          gc.getCollectionTime() / 1e3,
          (double) gc.getCollectionCount(),
          "gc",
          gc.getName());
    }
    to.gauge(
        "jvm_info",
        "The Java virtual machine.",
        1,
        "version",
        System.getProperty("java.runtime.version", "unknown"),
        "vendor",
        System.getProperty("java.vendor", "unknown"),
        "runtime",
        System.getProperty("java.runtime.name", "unknown"));
  }

  private static void process(Gathering to) {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean sun) {
      to.counter(
          "process_cpu_seconds_total",
          "Time of all processors spent, user and system.",
          Math.max(0, sun.getProcessCpuTime()) / 1e9);
    }
    ProcessHandle.current()
        .info()
        .startInstant()
        .map(Instant::toEpochMilli)
        .ifPresent(
            start ->
                to.gauge(
                    "process_start_time_seconds",
                    "When the process started, since the epoch.",
                    start / 1e3));
    to.gauge(
        "sluice_uptime_seconds",
        "How long the process has run.",
        ManagementFactory.getRuntimeMXBean().getUptime() / 1e3);
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      to.gauge("process_open_fds", "Open file descriptors.", (double) open.count());
    } catch (IOException | java.io.UncheckedIOException e) {
      LOG.log(System.Logger.Level.DEBUG, "counting /proc/self/fd", e);
    }
    read("/proc/self/limits", LIMIT)
        .ifPresent(most -> to.gauge("process_max_fds", "File descriptors it may open.", most));
    read("/proc/self/status", RESIDENT)
        .ifPresent(
            kibi -> to.gauge("process_resident_memory_bytes", "Memory it holds.", kibi * KIBI));
    read("/proc/self/status", VIRTUAL)
        .ifPresent(
            kibi -> to.gauge("process_virtual_memory_bytes", "Memory it has mapped.", kibi * KIBI));
  }

  private static OptionalDouble read(String file, Pattern line) {
    try {
      Matcher found = line.matcher(Files.readString(Path.of(file)));
      return found.find()
          ? OptionalDouble.of(Double.parseDouble(found.group(1)))
          : OptionalDouble.empty();
    } catch (IOException e) {
      // Not on Linux, or /proc hidden: the metric is absent, as Prometheus clients have it.
      LOG.log(System.Logger.Level.DEBUG, "reading " + file, e);
      return OptionalDouble.empty();
    }
  }

  private static void memory(Gathering to) {
    memory(to, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
    memory(to, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
  }

  private static void memory(Gathering to, String area, MemoryUsage usage) {
    to.gauge("jvm_memory_used_bytes", "Memory in use.", (double) usage.getUsed(), "area", area);
    to.gauge(
        "jvm_memory_committed_bytes",
        "Memory taken from the system.",
        (double) usage.getCommitted(),
        "area",
        area);
    to.gauge(
        "jvm_memory_max_bytes",
        "Most it may take, -1 without.",
        (double) usage.getMax(),
        "area",
        area);
  }

  private static void threads(Gathering to) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    to.gauge("jvm_threads_current", "Platform threads.", threads.getThreadCount());
    to.gauge("jvm_threads_daemon", "Daemon threads among them.", threads.getDaemonThreadCount());
    to.gauge("jvm_threads_peak", "Most there were at once.", threads.getPeakThreadCount());
    to.counter(
        "jvm_threads_started_total",
        "Threads started.",
        (double) threads.getTotalStartedThreadCount());
  }

  private static void classes(Gathering to) {
    var classes = ManagementFactory.getClassLoadingMXBean();
    to.gauge("jvm_classes_currently_loaded", "Classes loaded now.", classes.getLoadedClassCount());
    to.counter(
        "jvm_classes_loaded_total",
        "Classes loaded ever.",
        (double) classes.getTotalLoadedClassCount());
    to.counter(
        "jvm_classes_unloaded_total",
        "Classes unloaded.",
        (double) classes.getUnloadedClassCount());
  }
}
