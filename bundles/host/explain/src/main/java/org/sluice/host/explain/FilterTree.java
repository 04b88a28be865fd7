// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;

/** An LDAP filter taken apart, to say which part of it does not hold. */
sealed interface FilterTree {
  record And(List<FilterTree> parts) implements FilterTree {
    @Override
    public String toString() {
      return "(&" + parts.stream().map(Object::toString).collect(Collectors.joining()) + ")";
    }
  }

  record Or(List<FilterTree> parts) implements FilterTree {
    @Override
    public String toString() {
      return "(|" + parts.stream().map(Object::toString).collect(Collectors.joining()) + ")";
    }
  }

  record Not(FilterTree part) implements FilterTree {
    @Override
    public String toString() {
      return "(!" + part + ")";
    }
  }

  /** {@code sign} is one of {@code = >= <= ~=}; the value is still escaped as it was written. */
  record Term(String key, String sign, String value) implements FilterTree {
    @Override
    public String toString() {
      return "(" + key + sign + value + ")";
    }
  }

  /**
   * @throws IllegalArgumentException when it is no filter
   */
  static FilterTree parse(String filter) {
    try {
      // The framework's parser is the judge of the syntax, and normalises white space.
      return new Parser(FrameworkUtil.createFilter(filter).toString()).tree();
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(filter + " is no filter: " + e.getMessage(), e);
    }
  }

  default boolean matches(Map<String, ?> properties) {
    try {
      return FrameworkUtil.createFilter(toString()).match(FrameworkUtil.asDictionary(properties));
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("a parsed filter cannot be wrong: " + this, e);
    }
  }

  /** The smallest parts that do not hold, each with what is there instead. */
  default List<String> failures(Map<String, ?> properties) {
    if (matches(properties)) {
      return List.of();
    }
    if (this instanceof And and) {
      List<String> failures = new ArrayList<>();
      and.parts().forEach(part -> failures.addAll(part.failures(properties)));
      return failures;
    }
    if (this instanceof Term term) {
      Map<String, Object> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      anyCase.putAll(properties);
      Object there = anyCase.get(term.key());
      return List.of(
          there == null
              ? "it has no property " + term.key() + " (wanted " + this + ")"
              : "its " + term.key() + " is " + text(there) + " (wanted " + this + ")");
    }
    return List.of("it does not match " + this);
  }

  /** The value that a key must equal; empty when the filter does not say. */
  default String equal(String key) {
    return switch (this) {
      case Term term when term.key().equals(key) && "=".equals(term.sign()) -> term.value();
      case And and ->
          and.parts().stream()
              .map(part -> part.equal(key))
              .filter(value -> !value.isEmpty())
              .findFirst()
              .orElse("");
      default -> "";
    };
  }

  /** The range in which a version is wanted, as a person writes it; empty when any will do. */
  default String range(String key) {
    String floor = "";
    String ceiling = "";
    String closing = ")";
    String exact = "";
    for (FilterTree part : this instanceof And and ? and.parts() : List.of(this)) {
      switch (part) {
        case Term(String k, String sign, String value) when k.equals(key) -> {
          switch (sign) {
            case ">=" -> floor = value;
            case "<=" -> {
              ceiling = value;
              closing = "]";
            }
            default -> exact = value;
          }
        }
        case Not(Term(String k, String sign, String value))
            when k.equals(key) && ">=".equals(sign) ->
            ceiling = value;
        default -> {}
      }
    }
    if (!exact.isEmpty()) {
      return exact;
    }
    if (floor.isEmpty() && ceiling.isEmpty()) {
      return "";
    }
    return ceiling.isEmpty()
        ? "≥ " + brief(floor)
        : "[" + brief(floor.isEmpty() ? "0" : floor) + "," + brief(ceiling) + closing;
  }

  /** {@code 1.2.0} as {@code 1.2}: the zeros say nothing. */
  private static String brief(String version) {
    try {
      Version parsed = Version.parseVersion(version);
      return parsed.getMicro() == 0 && parsed.getQualifier().isEmpty()
          ? parsed.getMajor() + "." + parsed.getMinor()
          : version;
    } catch (IllegalArgumentException e) {
      return version; // not every capability counts its versions as OSGi does
    }
  }

  private static String text(Object value) {
    return value instanceof Object[] several
        ? List.of(several).toString()
        : Objects.toString(value);
  }

  /** Reads what the framework has already accepted. */
  final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    FilterTree tree() {
      at++; // the opening bracket
      FilterTree tree =
          switch (text.charAt(at)) {
            case '&' -> new And(parts());
            case '|' -> new Or(parts());
            case '!' -> {
              at++;
              yield new Not(tree());
            }
            default -> term();
          };
      at++; // the closing bracket
      return tree;
    }

    private List<FilterTree> parts() {
      at++;
      List<FilterTree> parts = new ArrayList<>();
      while (text.charAt(at) == '(') {
        parts.add(tree());
      }
      return List.copyOf(parts);
    }

    private FilterTree term() {
      int start = at;
      while ("=<>~".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      String key = text.substring(start, at).strip();
      int sign = at;
      at += text.charAt(at) == '=' ? 1 : 2;
      int value = at;
      while (text.charAt(at) != ')') {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      return new Term(key, text.substring(sign, value), text.substring(value, at));
    }
  }
}
