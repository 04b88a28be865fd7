// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Manifest;

/**
 * The headers of a manifest that say what a bundle gives and takes.
 *
 * @param exports packages with their parameters as written
 */
record Headers(
    String symbolicName, Map<String, String> exports, List<String> imports, String capabilities) {

  static Headers of(Manifest manifest) {
    var main = manifest.getMainAttributes();
    String name = main.getValue("Bundle-SymbolicName");
    String capabilities = main.getValue("Provide-Capability");
    return new Headers(
        name == null ? "" : clauses(name).keySet().iterator().next(),
        clauses(main.getValue("Export-Package")),
        List.copyOf(clauses(main.getValue("Import-Package")).keySet()),
        capabilities == null ? "" : capabilities);
  }

  /** Splits at commas and the first semicolon, but not within quotes. */
  private static Map<String, String> clauses(@org.jspecify.annotations.Nullable String header) {
    Map<String, String> clauses = new LinkedHashMap<>();
    if (header == null) {
      return clauses;
    }
    boolean quoted = false;
    StringBuilder clause = new StringBuilder();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      quoted ^= c == '"';
      if (c == ',' && !quoted) {
        texts.add(clause.toString());
        clause.setLength(0);
      } else {
        clause.append(c);
      }
    }
    texts.add(clause.toString());
    for (String text : texts) {
      int semicolon = text.indexOf(';');
      clauses.put(
          semicolon < 0 ? text : text.substring(0, semicolon),
          semicolon < 0 ? "" : text.substring(semicolon + 1));
    }
    return clauses;
  }
}
