// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.sluice.host.config.Attribute;
import org.sluice.host.config.Schema;
import org.sluice.host.config.SchemaReader;
import org.sluice.itest.SluiceProcess;

/**
 * {@code docs/reference.md} says of every key what the bundles of the product say of it. Run with
 * {@code -Dsluice.reference=write} this writes the page anew.
 */
class ReferenceTest {
  private static final String HEAD =
      """
      # Reference of the configuration

      <!-- Made from the metatypes of the bundles: change the descriptions there, then write this page anew with
           mvn verify -Dit.test=ReferenceTest -Dsluice.reference=write -Dfailsafe.failIfNoSpecifiedTests=false -->

      Every file in `configs/` is named after what it configures: `PID.cfg.json`, or `PID~NAME.cfg.json` for things there
      are many of. [Configuration](configuration.md) tells how files are written and what happens when they are saved.
      `./sluice config:describe PID` shows the same as this page, for plugins too.
      """;

  @Test
  void saysWhatTheBundlesSay() throws Exception {
    Path page = SluiceProcess.ROOT.resolve("docs/reference.md");
    String now = page();
    if ("write".equals(System.getProperty("sluice.reference"))) {
      Files.writeString(page, now);
    }
    assertEquals(
        now,
        Files.exists(page) ? Files.readString(page) : "",
        "docs/reference.md is stale; write it anew: mvn verify -Dit.test=ReferenceTest"
            + " -Dsluice.reference=write -Dfailsafe.failIfNoSpecifiedTests=false");
  }

  private static String page() throws IOException {
    TreeMap<String, Schema> schemas = new TreeMap<>();
    try (var jars = Files.newDirectoryStream(SluiceProcess.DIST.resolve("bundles"), "*.jar")) {
      for (Path jar : jars) {
        if (jar.getFileName().toString().startsWith("org.sluice.")) {
          read(jar).forEach(s -> schemas.put(s.pid(), s));
        }
      }
    }
    StringBuilder page = new StringBuilder(HEAD);
    schemas.values().forEach(s -> section(page, s));
    return page.toString();
  }

  private static List<Schema> read(Path jar) throws IOException {
    List<Schema> schemas = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (var entry : file.stream().toList()) {
        if (entry.getName().matches("OSGI-INF/metatype/[^/]+\\.xml")) {
          try (var in = file.getInputStream(entry)) {
            schemas.addAll(SchemaReader.read(jar.getFileName().toString(), in));
          }
        }
      }
    }
    return schemas;
  }

  private static void section(StringBuilder page, Schema schema) {
    page.append("\n## ").append(schema.pid()).append("\n\n");
    if (!schema.description().isEmpty()) {
      page.append(schema.description()).append("\n\n");
    }
    page.append("File: `configs/")
        .append(schema.pid())
        .append(schema.many() ? "~NAME" : "")
        .append(".cfg.json`\n\n");
    page.append("| key | type | default | allowed | what it does |\n|---|---|---|---|---|\n");
    schema.attributes().stream()
        .sorted(Comparator.comparing(Attribute::id))
        .forEach(a -> row(page, a));
  }

  private static void row(StringBuilder page, Attribute attribute) {
    String standard =
        attribute.defaults() == null && attribute.required()
            ? "required"
            : code(attribute.defaultWords());
    page.append("| `").append(attribute.id()).append("` | ");
    page.append(attribute.typeWords()).append(" | ");
    page.append(standard).append(" | ");
    page.append(cell(attribute.allowed())).append(" | ");
    page.append(cell(attribute.description())).append(" |\n");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + cell(text) + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ").strip();
  }
}
