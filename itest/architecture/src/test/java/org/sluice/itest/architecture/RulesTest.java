// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each rule is fed something that breaks it, and must see it. */
class RulesTest {
  @TempDir Path folder;

  private record Broken(String rule, String source) {}

  /** Members of a class {@code org.sluice.link.broken.Broken}, each of which breaks one rule. */
  private static final List<Broken> BODIES =
      List.of(
          broken(
              "operating system", "Object f() { return java.lang.foreign.Linker.nativeLinker(); }"),
          broken(
              "operating system",
              "Object f() { return java.lang.foreign.SymbolLookup.loaderLookup(); }"),
          broken("operating system", "void f(java.lang.foreign.Linker.Option o) {}"),
          broken(
              "operating system",
              "Object f(java.lang.foreign.MemorySegment s) { return s.reinterpret(8); }"),
          broken("operating system", "void f() { System.loadLibrary(\"c\"); }"),
          broken("nothing static", "static int count;"),
          broken("nothing static", "static volatile String last = \"\";"),
          broken("nothing static", "static final int[] NUMBERS = {1, 2};"),
          broken("nothing static", "private static final int[] N = {1}; void f() { N[0]++; }"),
          broken("nothing static", "private static final int[] N = {1}; int[] f() { return N; }"),
          broken(
              "nothing static",
              "static final java.util.List<String> L = new java.util.ArrayList<>();"),
          broken(
              "nothing static",
              "static final java.util.Map<String, String> M = new java.util.concurrent.ConcurrentHashMap<>();"),
          broken(
              "nothing static",
              "static final java.util.Set<String> S = java.util.concurrent.ConcurrentHashMap.newKeySet();"),
          broken(
              "nothing static",
              "static final java.util.concurrent.atomic.AtomicInteger A = new java.util.concurrent.atomic.AtomicInteger();"),
          broken("nothing static", "static final StringBuilder B = new StringBuilder();"),
          broken(
              "nothing static",
              "static class State { int n; } static final State STATE = new State();"),
          broken("ThreadLocal", "final ThreadLocal<String> t = new ThreadLocal<>();"),
          broken("ThreadLocal", "Object t = new InheritableThreadLocal<String>();"),
          broken("named after", "void f() { new Thread(() -> {}).start(); }"),
          broken("named after", "void f() { new Thread(() -> {}, \"worker\").start(); }"),
          broken(
              "named after", "void f() { new Thread(() -> {}, \"link.other/worker\").start(); }"),
          broken("named after", "void f() { Thread.ofVirtual().start(() -> {}); }"),
          broken(
              "named after", "void f() { Thread.ofPlatform().name(\"worker\").start(() -> {}); }"),
          broken("named after", "void f() { Thread.startVirtualThread(() -> {}); }"),
          broken(
              "named after",
              "Object f() { return java.util.concurrent.Executors.newCachedThreadPool(); }"),
          broken(
              "named after",
              "Object f() { return java.util.concurrent.CompletableFuture.supplyAsync(() -> 1); }"),
          broken("named after", "void f(java.util.List<String> l) { l.parallelStream().count(); }"),
          broken("named after", "Object f() { return new java.util.Timer(); }"),
          broken("printed", "void f() { System.out.println(1); }"),
          broken("printed", "void f() { System.err.println(1); }"),
          broken("printed", "void f(Exception e) { e.printStackTrace(); }"),
          broken("its role", "static class LinkManager {}"),
          broken("its role", "static class TextUtils {}"),
          broken("its role", "static class LinkHelper {}"),
          broken("its role", "static class LinkImpl {}"));

  private static final String DECENT =
      """
      package org.sluice.link.broken;
      public final class Broken {
        private static final System.Logger LOG = System.getLogger("org.sluice.link.broken");
        private static final java.util.List<String> WORDS = java.util.List.of("a");
        private static final java.util.regex.Pattern WORD = java.util.regex.Pattern.compile("a");
        private static final int LIMIT = 3;
        private static final int[] TABLE = {1, 2};
        enum Kind { A, B }
        record Fact(String text) {}
        private static final Fact FACT = new Fact("");
        private final java.util.Map<String, String> state = new java.util.concurrent.ConcurrentHashMap<>();
        int f(Kind k, int n) {
          assert n > 0;
          Thread.ofPlatform().name("link.broken/worker-" + n).start(() -> LOG.log(System.Logger.Level.INFO, WORDS));
          return switch (k) { case A -> LIMIT + TABLE[n]; case B -> state.size() + FACT.text().length() + WORD.flags(); };
        }
      }
      """;

  private static Broken broken(String rule, String body) {
    return new Broken(rule, "package org.sluice.link.broken; public class Broken { " + body + " }");
  }

  @TestFactory
  Stream<DynamicTest> eachClassRuleSeesWhatBreaksIt() {
    return BODIES.stream()
        .map(
            broken ->
                DynamicTest.dynamicTest(
                    broken.source().substring(broken.source().indexOf('{') + 2),
                    () -> {
                      List<String> found = violations(broken.source(), broken.rule());
                      assertFalse(found.isEmpty(), "no rule saw it");
                    }));
  }

  @Test
  void everyClassRuleIsBrokenByOneOfThem() throws Exception {
    for (ClassRules.Rule rule : new ClassRules(List.of()).all()) {
      boolean tried =
          BODIES.stream().anyMatch(broken -> rule.name().contains(broken.rule()))
              || rule.name().contains("package of its bundle");
      assertTrue(tried, rule.name());
    }
  }

  @Test
  void aClassInAForeignPackage() throws Exception {
    assertFalse(
        violations("package org.sluice.relay; public class Broken {}", "package of its bundle")
            .isEmpty());
  }

  @Test
  void aDecentClassBreaksNothing() throws Exception {
    assertEquals(List.of(), violations(DECENT, ""));
  }

  @Test
  void bundlesThatBreakARule() {
    assertBroken("same words", bundle("link/broken", "Bundle-SymbolicName: org.sluice.other\n"));
    assertBroken(
        "exported",
        bundle(
            "link/broken",
            name("link.broken") + "Export-Package: org.sluice.link.broken;version=\"1.0\"\n"));
    assertBroken(
        "exported",
        bundle(
            "link/api",
            name("link.api") + "Export-Package: org.sluice.relay.api;version=\"1.0\"\n"));
    assertBroken(
        "imported",
        bundle("link/broken", name("link.broken") + "Import-Package: org.sluice.link.kernel\n"));
    assertBroken(
        "imported",
        bundle("sys", name("sys") + "Import-Package: org.sluice.link.api;version=\"[1.0,2)\"\n"));
    assertBroken("imported", bundle("json", name("json") + "Import-Package: org.sluice.sys\n"));
    assertBroken("imported", bundle("dbus", name("dbus") + "Import-Package: org.sluice.json\n"));
    assertBroken(
        "imported", bundle("link/api", name("link.api") + "Import-Package: org.sluice.json\n"));
    assertBroken(
        "imported",
        bundle("link/broken", name("link.broken") + "Import-Package: org.sluice.packet.proto\n"));
    assertBroken(
        "imported",
        bundle("packet/rings", name("packet.rings") + "Import-Package: org.sluice.link.api\n"));
    assertBroken(
        "imported",
        bundle("link/broken", name("link.broken") + "Import-Package: org.sluice.systray\n"));
    String backend =
        "Provide-Capability: osgi.service;objectClass:List<String>=\"org.sluice.link.api.LinkSource\"\n";
    assertBroken(
        "backend",
        bundle(
            "link/broken",
            name("link.broken") + backend + "Import-Package: org.sluice.relay.api\n"));
    assertBroken("baseline", bundle("link/api", name("link.api")));
    assertBroken(
        "baseline", bundle("link/api", name("link.api") + "Export-Package: org.sluice.link.api\n"));
    assertBroken(
        "baseline",
        bundle(
            "link/api",
            name("link.api") + "Export-Package: org.sluice.link.api;version=\"1.0\"\n"));
  }

  @Test
  void aDecentBundleBreaksNothing() throws Exception {
    String exports = "Export-Package: org.sluice.link.api;version=\"1.0.0\";uses:=\"a,b\"\n";
    Path classes =
        compile(
            "package-info",
            "@org.osgi.annotation.versioning.Version(\"1.0.0\") package org.sluice.link.api;");
    BuiltBundle decent =
        new BuiltBundle(
            "link/api", headers(name("link.api") + exports), House.classes("link.api", classes));
    for (BundleRules.Rule rule : BundleRules.all()) {
      assertEquals(List.of(), rule.violations().apply(decent), rule.name());
    }
    BuiltBundle backend =
        bundle(
            "link/broken",
            name("link.broken")
                + "Provide-Capability: osgi.service;objectClass:List<String>=\"org.sluice.link.api.LinkSource\"\n"
                + "Import-Package: org.sluice.link.api,org.sluice.sys,org.sluice.dbus,org.sluice.ops.api;version=\"[1,2)\"\n");
    for (BundleRules.Rule rule : BundleRules.all()) {
      assertEquals(List.of(), rule.violations().apply(backend), rule.name());
    }
    BuiltBundle driver =
        bundle(
            "packet/broken",
            name("packet.broken")
                + "Provide-Capability: osgi.service;objectClass:List<String>=\"org.sluice.packet.api.PortDriver\"\n"
                + "Import-Package: org.sluice.packet.api.driver,org.sluice.packet.rings,org.sluice.sys.xdp\n");
    for (BundleRules.Rule rule : BundleRules.all()) {
      assertEquals(List.of(), rule.violations().apply(driver), rule.name());
    }
  }

  @Test
  void sourcesThatBreakARule() {
    assertEquals(1, SourceRules.violations("package x;\n").size());
    String licence = "// SPDX-License-Identifier: Apache-2.0\n";
    assertEquals(1, SourceRules.violations(licence + "// TO" + "DO later\n").size());
    assertEquals(0, SourceRules.violations(licence + "package x;\n").size());
  }

  private static String name(String shortName) {
    return "Bundle-SymbolicName: org.sluice." + shortName + "\n";
  }

  private static BuiltBundle bundle(String folder, String headers) {
    return new BuiltBundle(folder, headers(headers), List.of());
  }

  private static Headers headers(String text) {
    try {
      String manifest = "Manifest-Version: 1.0\n" + text;
      return Headers.of(
          new Manifest(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8))));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void assertBroken(String ruleName, BuiltBundle bundle) {
    List<BundleRules.Rule> rules =
        BundleRules.all().stream().filter(rule -> rule.name().contains(ruleName)).toList();
    assertEquals(1, rules.size(), ruleName);
    assertFalse(rules.getFirst().violations().apply(bundle).isEmpty(), bundle::toString);
  }

  private List<String> violations(String source, String ruleName) throws IOException {
    List<BuiltClass> classes = House.classes("link.broken", compile("Broken", source));
    List<String> found = new ArrayList<>();
    for (ClassRules.Rule rule : new ClassRules(classes).all()) {
      if (rule.name().contains(ruleName)) {
        classes.forEach(type -> found.addAll(rule.violations().apply(type)));
      }
    }
    return found;
  }

  private Path compile(String unit, String source) throws IOException {
    Path classes = Files.createTempDirectory(folder, "classes");
    var file =
        new SimpleJavaFileObject(
            URI.create("string:///" + unit + ".java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    boolean done =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-proc:none",
                    "-d",
                    classes.toString(),
                    "-classpath",
                    System.getProperty("java.class.path")),
                null,
                List.of(file))
            .call();
    assertTrue(done, messages::toString);
    return classes;
  }
}
