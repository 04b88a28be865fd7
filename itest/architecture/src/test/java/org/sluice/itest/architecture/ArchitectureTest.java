// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The product keeps to the rules of the house. */
class ArchitectureTest {

  @TestFactory
  Stream<DynamicTest> classes() throws IOException {
    List<BuiltClass> classes = House.built().classes();
    assertFalse(classes.isEmpty());
    return new ClassRules(classes)
        .all().stream()
            .map(
                rule ->
                    DynamicTest.dynamicTest(
                        rule.name(),
                        () -> {
                          List<String> found = new ArrayList<>();
                          for (BuiltClass type : classes) {
                            rule.violations()
                                .apply(type)
                                .forEach(text -> found.add(type.name() + " " + text));
                          }
                          assertEquals("", String.join("\n", found));
                        }));
  }

  @TestFactory
  Stream<DynamicTest> bundles() throws IOException {
    List<BuiltBundle> bundles = House.built().bundles();
    assertFalse(bundles.isEmpty());
    return BundleRules.all().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name(),
                    () -> {
                      List<String> found = new ArrayList<>();
                      for (BuiltBundle bundle : bundles) {
                        rule.violations()
                            .apply(bundle)
                            .forEach(text -> found.add(bundle.name() + " " + text));
                      }
                      assertEquals("", String.join("\n", found));
                    }));
  }

  @Test
  void sources() throws IOException {
    List<String> found = new ArrayList<>();
    for (String room : List.of("bundles", "runtime", "itest", "bench")) {
      try (Stream<Path> files = Files.walk(House.ROOT.resolve(room))) {
        for (Path file : files.filter(ArchitectureTest::source).toList()) {
          SourceRules.violations(Files.readString(file))
              .forEach(text -> found.add(House.ROOT.relativize(file) + " " + text));
        }
      }
    }
    assertEquals("", String.join("\n", found));
  }

  private static boolean source(Path file) {
    return file.toString().endsWith(".java") && !file.toString().contains("/target/");
  }
}
