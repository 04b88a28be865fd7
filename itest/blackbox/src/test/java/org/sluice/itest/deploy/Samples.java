// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import org.sluice.itest.PluginJar;

/** Plugins as strangers would write them, good and bad. */
final class Samples {
  private Samples() {}

  /** A service of the JDK's type {@code Supplier<String>} that answers with its version. */
  static PluginJar greeter(String version) throws Exception {
    return greeter("sample.greeter", version);
  }

  static PluginJar greeter(String name, String version) throws Exception {
    return PluginJar.named(name, version)
        .source(
            """
            package sample.greeter;

            import java.util.function.Supplier;
            import org.osgi.service.component.annotations.Component;

            @Component(property = "greeter=yes")
            public final class Greeter implements Supplier<String> {
              @Override
              public String get() {
                return "%s";
              }
            }
            """
                .formatted(version))
        .make();
  }

  /** Nothing but an activator whose {@code start} has this body. */
  static PluginJar activator(String name, String version, String start) throws Exception {
    return activator(name, version, start, "");
  }

  static PluginJar activator(String name, String version, String start, String stop)
      throws Exception {
    return PluginJar.named(name, version)
        .source(
            """
            package sample.activator;

            import java.util.Hashtable;
            import java.util.Map;
            import java.util.function.Supplier;
            import org.osgi.framework.BundleActivator;
            import org.osgi.framework.BundleContext;

            public class Activator implements BundleActivator {
              @Override
              public void start(BundleContext context) throws Exception {
                %s
              }

              @Override
              public void stop(BundleContext context) throws Exception {
                %s
              }
            }
            """
                .formatted(start, stop))
        .header("Bundle-Activator", "sample.activator.Activator")
        .make();
  }

  /**
   * Calls the greeter without pause from the moment it starts; {@code caller:report} tells how
   * often, how often in vain, and what answered.
   */
  static PluginJar caller() throws Exception {
    return PluginJar.named("sample.caller", "1.0.0")
        .source(
            """
            package sample.caller;

            import java.util.Map;
            import java.util.TreeMap;
            import java.util.concurrent.atomic.AtomicLong;
            import java.util.function.Supplier;
            import org.osgi.framework.BundleContext;
            import org.osgi.framework.ServiceReference;
            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.Deactivate;

            @Component(
                service = Caller.class,
                immediate = true,
                property = {"osgi.command.scope=caller", "osgi.command.function=report"})
            public final class Caller {
              private final BundleContext context;
              private final AtomicLong calls = new AtomicLong();
              private final AtomicLong lost = new AtomicLong();
              private final Map<String, Long> answers = new TreeMap<>();
              private final Thread thread = new Thread(this::run, "sample.caller/calls");
              private volatile boolean stopping;

              @Activate
              public Caller(BundleContext context) {
                this.context = context;
                thread.start();
              }

              @Deactivate
              public void stop() throws InterruptedException {
                stopping = true;
                thread.join();
              }

              private void run() {
                while (!stopping) {
                  calls.incrementAndGet();
                  String answer = call();
                  if (answer == null) {
                    lost.incrementAndGet();
                  } else {
                    synchronized (answers) {
                      answers.merge(answer, 1L, Long::sum);
                    }
                  }
                  Thread.onSpinWait();
                }
              }

              private String call() {
                try {
                  var found = context.getServiceReferences(Supplier.class, "(greeter=yes)");
                  if (found.isEmpty()) {
                    return null;
                  }
                  for (ServiceReference<?> reference : found.stream().sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Supplier<?> service = (Supplier<?>) context.getService(reference);
                    if (service != null) {
                      try {
                        return String.valueOf(service.get());
                      } finally {
                        context.ungetService(reference);
                      }
                    }
                  }
                  // What was found has gone meanwhile, as services may: another one is there.
                  return call();
                } catch (Exception e) {
                  return null;
                }
              }

              public String report() {
                synchronized (answers) {
                  return "calls=" + calls + " lost=" + lost + " answers=" + answers.keySet();
                }
              }
            }
            """)
        .make();
  }

  /** Cut off in the middle, as by an interrupted copy. */
  static byte[] truncated(byte[] jar) {
    return java.util.Arrays.copyOf(jar, jar.length / 2);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new java.util.Random(7).nextBytes(bytes);
    return bytes;
  }

  /** A jar that is no bundle. */
  static byte[] plainJar() throws Exception {
    var out = new java.io.ByteArrayOutputStream();
    var manifest = new java.util.jar.Manifest();
    manifest.getMainAttributes().put(java.util.jar.Attributes.Name.MANIFEST_VERSION, "1.0");
    try (var jar = new java.util.jar.JarOutputStream(out, manifest)) {
      jar.putNextEntry(new java.util.zip.ZipEntry("hello.txt"));
      jar.write(65);
    }
    return out.toByteArray();
  }

  /** A whole jar in which one byte of one entry was changed afterwards. */
  static byte[] corrupt() throws Exception {
    byte[] jar = stored("hello hello hello hello");
    int at = new String(jar, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("hello hello");
    jar[at] ^= 1;
    return jar;
  }

  private static byte[] stored(String text) throws Exception {
    var out = new java.io.ByteArrayOutputStream();
    var manifest = new java.util.jar.Manifest();
    var main = manifest.getMainAttributes();
    main.put(java.util.jar.Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Bundle-ManifestVersion", "2");
    main.putValue("Bundle-SymbolicName", "sample.corrupt");
    byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var crc = new java.util.zip.CRC32();
    crc.update(bytes);
    try (var jar = new java.util.jar.JarOutputStream(out, manifest)) {
      var entry = new java.util.zip.ZipEntry("text.txt");
      entry.setMethod(java.util.zip.ZipEntry.STORED);
      entry.setSize(bytes.length);
      entry.setCrc(crc.getValue());
      jar.putNextEntry(entry);
      jar.write(bytes);
    }
    return out.toByteArray();
  }

  /** Imports a package nobody exports. */
  static PluginJar unresolvable() throws Exception {
    return PluginJar.named("sample.unresolvable", "1.0.0")
        .header("Import-Package", "org.sluice.host.apis;version=\"[1,2)\"")
        .header("-resourceonly", "true")
        .make();
  }

  /** A component that needs a service nobody provides. */
  static PluginJar neverActive() throws Exception {
    return needing("sample.never", "java.util.concurrent.ThreadFactory");
  }

  static PluginJar needing(String name, String type) throws Exception {
    return PluginJar.named(name, "1.0.0")
        .source(
            """
            package sample.needing;

            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.Reference;

            @Component(service = Runnable.class)
            public final class Needing implements Runnable {
              @Activate
              public Needing(@Reference %s needed) {}

              @Override
              public void run() {}
            }
            """
                .formatted(type))
        .make();
  }

  /** A component whose constructor throws. */
  static PluginJar failingComponent() throws Exception {
    return PluginJar.named("sample.failing", "1.0.0")
        .source(
            """
            package sample.failing;

            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;

            @Component(service = Runnable.class)
            public final class Failing implements Runnable {
              @Activate
              public Failing() {
                throw new IllegalStateException("no such device eth7");
              }

              @Override
              public void run() {}
            }
            """)
        .make();
  }

  /** Its class file says it was made for a Java that does not exist yet. */
  static byte[] tooNew() throws Exception {
    byte[] jar = greeter("sample.future", "1.0.0").bytes();
    var out = new java.io.ByteArrayOutputStream();
    try (var in = new java.util.jar.JarInputStream(new java.io.ByteArrayInputStream(jar));
        var to = new java.util.jar.JarOutputStream(out, in.getManifest())) {
      for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().endsWith(".class")) {
          bytes[7] = (byte) 200;
        }
        to.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
        to.write(bytes);
      }
    }
    return out.toByteArray();
  }
}
