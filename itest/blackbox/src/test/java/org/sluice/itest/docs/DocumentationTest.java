// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;

/** Does what the documentation says, page by page, and sees whether it is answered as written. */
@Timeout(value = 1200, unit = TimeUnit.SECONDS)
class DocumentationTest {

  @TestFactory
  Stream<DynamicTest> pages() throws IOException {
    List<Path> files = new ArrayList<>(List.of(SluiceProcess.ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.walk(SluiceProcess.ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (Path file : files) {
      Page page = Page.read(file);
      String name = SluiceProcess.ROOT.relativize(file).toString();
      tests.add(
          DynamicTest.dynamicTest(
              page.steps().isEmpty() ? name + " has no commands" : name,
              file.toUri(),
              () -> follow(name, page)));
    }
    return tests.stream();
  }

  /** A page that the index does not name is found by nobody. */
  @Test
  void theIndexNamesEveryPage() throws IOException {
    Path docs = SluiceProcess.ROOT.resolve("docs");
    String index = Files.readString(docs.resolve("README.md"));
    try (Stream<Path> pages = Files.list(docs)) {
      assertEquals(
          List.of(),
          pages
              .map(page -> page.getFileName().toString())
              .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
              .filter(name -> !index.contains("(" + name + ")"))
              .sorted()
              .toList());
    }
  }

  private static void follow(String name, Page page) throws Exception {
    assertEquals(
        List.of(), page.dodged(), "commands belong into ```console blocks, which are executed");
    Assumptions.assumeTrue(
        !page.directives().contains("needs root") || Files.isWritable(Path.of("/etc/passwd")),
        "the commands of " + name + " need root");
    if (page.steps().isEmpty()) {
      return;
    }
    try (Reader reader = new Reader()) {
      if (page.steps().stream().noneMatch(Reader::starts)) {
        reader.startRunning();
      }
      for (Page.Step step : page.steps()) {
        String problem = reader.follow(step);
        if (!problem.isEmpty()) {
          fail(name + ":" + problem);
        }
      }
    }
  }
}
