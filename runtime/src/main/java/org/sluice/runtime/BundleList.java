// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bundles of the product, each with its start level. The resolver decides which they are (the
 * list {@code -runbundles} in {@code cnf/sluice.bndrun}); {@link #main} writes the list down for
 * the launcher when the distribution is built.
 */
final class BundleList {
  static final int HIGHEST_LEVEL = 10;

  private static final Pattern RUN_BUNDLES = Pattern.compile("(?ms)^-runbundles:(.*?[^\\\\])$");
  private static final Pattern BUNDLE = Pattern.compile("([\\w.-]+);version='\\[([\\w.]+),");

  private BundleList() {}

  /** One bundle. */
  record Entry(int level, String file) {}

  static List<Entry> read(Path list) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(list)) {
      int space = line.indexOf(' ');
      entries.add(new Entry(Integer.parseInt(line.substring(0, space)), line.substring(space + 1)));
    }
    return entries;
  }

  /**
   * Start levels, in one place: interfaces and libraries, the services of the framework, the log,
   * the configuration, which everybody after it finds in force, the rest of the host, the domains,
   * and last the watcher, which finds everybody ready.
   */
  private static int level(String name) {
    if (name.endsWith(".api")
        || name.equals("org.sluice.json")
        || name.equals("org.sluice.sys")
        || name.startsWith("org.osgi.")) {
      return 1;
    }
    return switch (name) {
      case "org.apache.felix.log" -> 1;
      case "org.sluice.ops.log" -> 3;
      case "org.apache.felix.fileinstall" -> HIGHEST_LEVEL;
      case "org.sluice.host.config" -> 4;
      // Serving begins when there is something to serve.
      case "org.apache.felix.http.jetty12" -> 7;
      default -> name.startsWith("org.sluice.host.") ? 5 : name.startsWith("org.sluice.") ? 6 : 2;
    };
  }

  /**
   * Writes the list and removes from the folder what is not in it.
   *
   * @param args the resolved .bndrun, the folder of jars, the list to write
   */
  public static void main(String[] args) throws IOException {
    Map<String, Path> jars = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(args[1]), "*.jar")) {
      for (Path file : files) {
        jars.put(identity(file), file);
      }
    }
    List<String> lines = new ArrayList<>();
    Matcher section = RUN_BUNDLES.matcher(Files.readString(Path.of(args[0])) + "\n");
    if (!section.find()) {
      throw new IOException(args[0] + " has no -runbundles; run: ./sluice build --resolve");
    }
    Matcher bundle = BUNDLE.matcher(section.group(1));
    while (bundle.find()) {
      Path jar = jars.remove(bundle.group(1) + " " + bundle.group(2));
      if (jar == null) {
        throw new IOException(
            "%s names %s %s, which is not in %s"
                .formatted(args[0], bundle.group(1), bundle.group(2), args[1]));
      }
      lines.add(level(bundle.group(1)) + " " + jar.getFileName());
    }
    for (Path unneeded : jars.values()) {
      Files.delete(unneeded);
    }
    lines.sort(null);
    Files.write(Path.of(args[2]), lines);
  }

  private static String identity(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile())) {
      var attributes = jar.getManifest().getMainAttributes();
      String name = attributes.getValue("Bundle-SymbolicName");
      String version = attributes.getValue("Bundle-Version");
      // The range in the .bndrun leaves the qualifier open.
      return String.valueOf(name).replaceAll(";.*", "")
          + " "
          + String.valueOf(version).replaceAll("^(\\d+\\.\\d+\\.\\d+)\\..*", "$1");
    }
  }
}
