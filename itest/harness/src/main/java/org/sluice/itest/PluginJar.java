// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Jar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A plugin made from Java source in the test: compiled against the published interfaces and packed
 * by bnd, which reads the annotations as in a real build.
 */
public final class PluginJar {
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern TYPE =
      Pattern.compile(
          "(?m)^public (?:abstract |final |sealed )*(?:class|interface|record|enum|@interface) (\\w+)");

  private final byte[] bytes;

  private PluginJar(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Starts a plugin of this symbolic name and version. */
  public static Maker named(String name, String version) {
    return new Maker(name, version);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  /** The same classes under another version, so that it is a new revision of the plugin. */
  public static byte[] revision(byte[] jar, String version) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JarInputStream in = new JarInputStream(new ByteArrayInputStream(jar))) {
      Manifest manifest = in.getManifest();
      manifest.getMainAttributes().putValue("Bundle-Version", version);
      try (JarOutputStream to = new JarOutputStream(out, manifest)) {
        for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
          to.putNextEntry(new JarEntry(entry.getName()));
          in.transferTo(to);
          to.closeEntry();
        }
      }
    }
    return out.toByteArray();
  }

  /** Gathers what goes into the jar. */
  public static final class Maker {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<String> compilerOptions = new ArrayList<>();

    private Maker(String name, String version) {
      headers.put("Bundle-SymbolicName", name);
      headers.put("Bundle-Version", version);
      headers.put("-noextraheaders", "true");
      headers.put("-reproducible", "true");
    }

    /** One compilation unit with a package and a public type. */
    public Maker source(String text) {
      Matcher pack = PACKAGE.matcher(text);
      Matcher type = TYPE.matcher(text);
      if (!pack.find() || !type.find()) {
        throw new IllegalArgumentException("a source needs a package and a public type:\n" + text);
      }
      sources.put(pack.group(1).replace('.', '/') + "/" + type.group(1), text);
      return this;
    }

    /** A manifest header or an instruction to bnd; the manifest is otherwise as bnd makes it. */
    public Maker header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    public Maker compilerOption(String... options) {
      compilerOptions.addAll(List.of(options));
      return this;
    }

    public PluginJar make() throws Exception {
      Path classes = Files.createTempDirectory("plugin-");
      try {
        compile(classes);
        return new PluginJar(pack(classes));
      } finally {
        try (var tree = Files.walk(classes)) {
          tree.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        }
      }
    }

    private void compile(Path classes) throws IOException {
      if (sources.isEmpty()) {
        return;
      }
      var units =
          sources.entrySet().stream()
              .map(
                  e ->
                      new SimpleJavaFileObject(
                          URI.create("string:///" + e.getKey() + ".java"),
                          JavaFileObject.Kind.SOURCE) {
                        @Override
                        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                          return e.getValue();
                        }
                      })
              .toList();
      List<String> options =
          new ArrayList<>(
              List.of(
                  "-proc:none",
                  "-d",
                  classes.toString(),
                  "-classpath",
                  System.getProperty("java.class.path")));
      options.addAll(compilerOptions);
      var messages = new java.io.StringWriter();
      boolean done =
          ToolProvider.getSystemJavaCompiler()
              .getTask(messages, null, null, options, null, units)
              .call();
      if (!done) {
        throw new IllegalArgumentException("the plugin's source does not compile:\n" + messages);
      }
    }

    private byte[] pack(Path classes) throws Exception {
      try (Builder builder = new Builder()) {
        builder.addClasspath(classes.toFile());
        for (String entry : System.getProperty("java.class.path").split(":")) {
          if (entry.endsWith(".jar")) {
            builder.addClasspath(Path.of(entry).toFile());
          }
        }
        if (!sources.isEmpty() && !headers.containsKey("-includeresource")) {
          builder.setProperty("-includeresource", classes.toString());
        }
        headers.forEach(builder::setProperty);
        Jar jar = builder.build();
        if (!builder.getErrors().isEmpty()) {
          throw new IllegalArgumentException("bnd: " + builder.getErrors());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        jar.write(out);
        return out.toByteArray();
      }
    }
  }
}
