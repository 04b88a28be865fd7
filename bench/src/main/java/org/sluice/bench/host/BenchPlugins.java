// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.nio.file.Path;
import org.sluice.itest.PluginJar;

/** The two plugins of the benchmark: one that serves and tells when it began, one that calls it. */
final class BenchPlugins {
  static final String PID = "bench.serve";

  private BenchPlugins() {}

  /** Serves {@code LongSupplier}; writes a line when activated or modified. */
  static PluginJar serving(String version, Path journal) throws Exception {
    return PluginJar.named("bench.serve", version)
        .source(
            """
            package bench.serve;
            import java.nio.file.*;
            import java.time.*;
            import java.util.Map;
            import java.util.function.LongSupplier;
            import org.osgi.service.component.annotations.*;
            import org.osgi.service.metatype.annotations.*;
            @Component(configurationPid = "bench.serve", service = LongSupplier.class, immediate = true)
            @Designate(ocd = Serve.Config.class)
            public class Serve implements LongSupplier {
              @ObjectClassDefinition @interface Config { String text() default "none"; }
              @Activate public Serve(Config config) throws Exception { tell("%s", config.text()); }
              @Modified void modified(Config config) throws Exception { tell("modified", config.text()); }
              public long getAsLong() { return 1; }
              private static void tell(String what, String value) throws Exception {
                Instant now = Instant.now();
                long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
                Files.writeString(Path.of("%s"), what + " " + value + " " + micros + "\\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
              }
            }
            """
                .formatted(version, journal))
        .make();
  }

  /** Calls the service all the time; writes a line for every time in which it could not. */
  static PluginJar calling(Path journal) throws Exception {
    return PluginJar.named("bench.call", "1.0.0")
        .source(
            """
            package bench.call;
            import java.nio.file.*;
            import java.util.function.LongSupplier;
            import org.osgi.framework.*;
            import org.osgi.service.component.annotations.*;
            @Component(immediate = true, service = Call.class)
            public class Call {
              private final BundleContext context;
              private final Thread thread;
              private volatile boolean stop;
              @Activate public Call(BundleContext context) {
                this.context = context;
                thread = new Thread(this::run, "bench.call/caller");
                thread.start();
              }
              @Deactivate void close() throws Exception { stop = true; thread.join(); }
              private void run() {
                boolean served = false;
                long lost = 0;
                long last = 0;
                while (!stop) {
                  boolean ok = false;
                  try {
                    ServiceReference<LongSupplier> r = context.getServiceReference(LongSupplier.class);
                    LongSupplier s = r == null ? null : context.getService(r);
                    if (s != null) { ok = s.getAsLong() == 1; context.ungetService(r); }
                  } catch (RuntimeException e) { ok = false; }
                  long now = System.nanoTime();
                  if (ok) {
                    if (lost > 0 && served) {
                      try {
                        Files.writeString(Path.of("%s"), lost + " " + (now - last) / 1000 + "\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                      } catch (java.io.IOException e) { throw new java.io.UncheckedIOException(e); }
                    }
                    served = true; lost = 0; last = now;
                  } else { lost++; }
                  java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                }
              }
            }
            """
                .formatted(journal))
        .make();
  }
}
