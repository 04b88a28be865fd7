// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The house as it was built: every bundle with its classes and its manifest. */
record House(List<BuiltBundle> bundles) {
  static final Path ROOT = Path.of(System.getProperty("sluice.root", "../.."));
  private static final Pattern MODULE = Pattern.compile("<module>(.*)</module>");

  /** The bundles that the build knows; one that was not built is an error, not a gap. */
  static House built() throws IOException {
    Path rooms = ROOT.resolve("bundles");
    List<BuiltBundle> bundles = new ArrayList<>();
    for (String module :
        MODULE
            .matcher(Files.readString(rooms.resolve("pom.xml")))
            .results()
            .map(match -> match.group(1))
            .toList()) {
      bundles.add(bundle(module, rooms.resolve(module).resolve("target/classes")));
    }
    return new House(List.copyOf(bundles));
  }

  static BuiltBundle bundle(String folder, Path classes) throws IOException {
    Path file = classes.resolve("META-INF/MANIFEST.MF");
    Manifest manifest = new Manifest();
    try (InputStream in = Files.newInputStream(file)) {
      manifest.read(in);
    }
    return new BuiltBundle(
        folder, Headers.of(manifest), classes(folder.replace('/', '.'), classes));
  }

  static List<BuiltClass> classes(String room, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(file -> new BuiltClass(room, parse(file)))
          .toList();
    }
  }

  private static java.lang.classfile.ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  List<BuiltClass> classes() {
    return bundles.stream().flatMap(bundle -> bundle.classes().stream()).toList();
  }
}
