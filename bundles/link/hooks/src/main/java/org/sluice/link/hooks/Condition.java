// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.sluice.host.api.Spelling;

/**
 * What must be so that a hook runs: {@code has_gateway && (dns_count > 0 || interface == "eth0")}.
 * It is checked when it is read: names, types and brackets.
 */
final class Condition {
  /** Holds always. */
  static final Condition NONE = new Condition("", (_, _) -> true);

  private static final Map<String, Variable> VARIABLES = variables();

  private final String text;
  private final BiFunction<Occasion, Circumstances, Object> value;

  private Condition(String text, BiFunction<Occasion, Circumstances, Object> value) {
    this.text = text;
    this.value = value;
  }

  /** What a value is. */
  private enum Type {
    TRUTH("true or false"),
    NUMBER("a number"),
    TEXT("a text");

    private final String words;

    Type(String words) {
      this.words = words;
    }
  }

  private record Variable(Type type, BiFunction<Occasion, Circumstances, Object> value) {}

  private static Map<String, Variable> variables() {
    TreeMap<String, Variable> all = new TreeMap<>();
    all.put("event", text((o, _) -> o.event()));
    all.put("happening", text((o, _) -> o.word()));
    all.put("subject", text((o, _) -> o.subject()));
    all.put("source", text((o, _) -> o.source()));
    all.put("backend", text((o, _) -> EventNames.backend(o.source())));
    all.put("interface", text((_, c) -> c.link().name()));
    all.put("type", text((_, c) -> c.link().type()));
    all.put("mac", text((_, c) -> c.link().mac()));
    all.put("state", text((_, c) -> c.state()));
    all.put("initial", truth((o, _) -> o.initial()));
    all.put("up", truth((_, c) -> c.link().up()));
    all.put("carrier", truth((_, c) -> c.link().carrier()));
    all.put("has_gateway", truth((_, c) -> !c.gateways().isEmpty()));
    all.put("has_ipv4", truth((_, c) -> !c.addresses(false).isEmpty()));
    all.put("has_ipv6", truth((_, c) -> !c.addresses(true).isEmpty()));
    all.put("has_lease", truth((_, c) -> !c.leases().isEmpty()));
    all.put("address_count", number((_, c) -> (long) c.addresses().size()));
    all.put("gateway_count", number((_, c) -> (long) c.gateways().size()));
    all.put("dns_count", number((_, c) -> (long) c.nameServers().size()));
    all.put("mtu", number((_, c) -> (long) c.link().mtu()));
    all.put("index", number((_, c) -> (long) c.link().index()));
    all.put("suppressed", number((o, _) -> o.suppressed()));
    return java.util.Collections.unmodifiableMap(all);
  }

  private static Variable text(BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.TEXT, value);
  }

  private static Variable truth(BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.TRUTH, value);
  }

  private static Variable number(BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.NUMBER, value);
  }

  /**
   * Reads a condition; an empty one always holds.
   *
   * @throws IllegalArgumentException with what is wrong and where
   */
  static Condition parse(String text) {
    return text.isBlank() ? NONE : new Parser(text).parse();
  }

  boolean holds(Occasion occasion, Circumstances now) {
    return (Boolean) value.apply(occasion, now);
  }

  @Override
  public String toString() {
    return text;
  }

  private record Token(String text, char kind, int at) {}

  private record Term(Type type, BiFunction<Occasion, Circumstances, Object> value, int at) {}

  /** One text, read from left to right. */
  private static final class Parser {
    private static final char NAME = 'n';
    private static final char NUMBER = '0';
    private static final char TEXT = '"';
    private static final char SIGN = '+';
    private static final char END = '.';
    private static final List<String> SIGNS =
        List.of("&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")");
    private static final int DEEPEST = 50;

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int next;
    private int depth;

    private Parser(String text) {
      this.text = text;
    }

    private Condition parse() {
      tokenize();
      Term all = either();
      must(all, Type.TRUTH);
      if (peek().kind() != END) {
        throw wrong(peek(), "expected && or || or the end");
      }
      return new Condition(text, all.value());
    }

    private void tokenize() {
      int i = 0;
      while (i < text.length()) {
        char c = text.charAt(i);
        int from = i;
        if (Character.isWhitespace(c)) {
          i++;
        } else if (c == '"' || c == '\'') {
          i = text.indexOf(c, i + 1);
          if (i < 0) {
            throw new IllegalArgumentException(
                "character " + (from + 1) + ": the text that begins here has no end: " + text);
          }
          tokens.add(new Token(text.substring(from + 1, i++), TEXT, from));
        } else if (Character.isDigit(c)) {
          while (i < text.length() && Character.isDigit(text.charAt(i))) {
            i++;
          }
          tokens.add(new Token(text.substring(from, i), NUMBER, from));
        } else if (Character.isLetter(c) || c == '_') {
          while (i < text.length()
              && (Character.isLetterOrDigit(text.charAt(i)) || text.charAt(i) == '_')) {
            i++;
          }
          tokens.add(new Token(text.substring(from, i), NAME, from));
        } else {
          int at = i;
          String sign =
              SIGNS.stream()
                  .filter(s -> text.startsWith(s, at))
                  .findFirst()
                  .orElseThrow(
                      () -> wrong(new Token(String.valueOf(c), SIGN, at), "cannot be understood"));
          tokens.add(new Token(sign, SIGN, from));
          i += sign.length();
        }
      }
      tokens.add(new Token("", END, text.length()));
    }

    private Token peek() {
      return tokens.get(next);
    }

    private boolean take(String sign) {
      if (peek().kind() == SIGN && peek().text().equals(sign)) {
        next++;
        return true;
      }
      return false;
    }

    private Term either() {
      Term left = both();
      while (take("||")) {
        must(left, Type.TRUTH);
        Term right = both();
        must(right, Type.TRUTH);
        BiFunction<Occasion, Circumstances, Object> one = left.value();
        left =
            new Term(
                Type.TRUTH,
                (o, c) -> (Boolean) one.apply(o, c) || (Boolean) right.value().apply(o, c),
                left.at());
      }
      return left;
    }

    private Term both() {
      Term left = compared();
      while (take("&&")) {
        must(left, Type.TRUTH);
        Term right = compared();
        must(right, Type.TRUTH);
        BiFunction<Occasion, Circumstances, Object> one = left.value();
        left =
            new Term(
                Type.TRUTH,
                (o, c) -> (Boolean) one.apply(o, c) && (Boolean) right.value().apply(o, c),
                left.at());
      }
      return left;
    }

    private Term compared() {
      Term left = single();
      for (String sign : List.of("==", "!=", "<=", ">=", "<", ">")) {
        Token at = peek();
        if (take(sign)) {
          Term right = single();
          if (left.type() != right.type()) {
            throw wrong(at, "compares " + left.type().words + " with " + right.type().words);
          }
          boolean order = sign.startsWith("<") || sign.startsWith(">");
          if (order && left.type() != Type.NUMBER) {
            throw wrong(at, "compares numbers, not " + left.type().words);
          }
          return new Term(Type.TRUTH, comparison(sign, left, right), left.at());
        }
      }
      return left;
    }

    private static BiFunction<Occasion, Circumstances, Object> comparison(
        String sign, Term left, Term right) {
      if (sign.equals("==") || sign.equals("!=")) {
        boolean wanted = sign.equals("==");
        return (o, c) -> left.value().apply(o, c).equals(right.value().apply(o, c)) == wanted;
      }
      return (o, c) -> {
        int order = Long.compare((Long) left.value().apply(o, c), (Long) right.value().apply(o, c));
        return switch (sign) {
          case "<" -> order < 0;
          case "<=" -> order <= 0;
          case ">" -> order > 0;
          default -> order >= 0;
        };
      };
    }

    private Term single() {
      Token token = peek();
      if (++depth > DEEPEST) {
        throw wrong(token, "is nested too deeply");
      }
      try {
        if (take("!")) {
          Term term = single();
          must(term, Type.TRUTH);
          return new Term(Type.TRUTH, (o, c) -> !(Boolean) term.value().apply(o, c), token.at());
        }
        if (take("(")) {
          Term term = either();
          if (!take(")")) {
            throw wrong(peek(), "expected )");
          }
          return term;
        }
        next++;
        return switch (token.kind()) {
          case NUMBER -> literal(Type.NUMBER, whole(token), token);
          case TEXT -> literal(Type.TEXT, token.text(), token);
          case NAME -> named(token);
          default -> throw wrong(token, "expected a name, a number or a \"text\"");
        };
      } finally {
        depth--;
      }
    }

    private Long whole(Token token) {
      try {
        return Long.valueOf(token.text());
      } catch (NumberFormatException e) {
        throw wrong(token, "is too large");
      }
    }

    private static Term literal(Type type, Object value, Token token) {
      return new Term(type, (_, _) -> value, token.at());
    }

    private Term named(Token token) {
      if (token.text().equals("true") || token.text().equals("false")) {
        return literal(Type.TRUTH, token.text().equals("true"), token);
      }
      Variable variable = VARIABLES.get(token.text());
      if (variable == null) {
        throw wrong(
            token,
            "is no name that can be asked for; "
                + Spelling.near(token.text(), VARIABLES.keySet(), 1).stream()
                    .findFirst()
                    .map(near -> "did you mean " + near + "?")
                    .orElse("known: " + String.join(", ", VARIABLES.keySet())));
      }
      return new Term(variable.type(), variable.value(), token.at());
    }

    private void must(Term term, Type type) {
      if (term.type() != type) {
        throw new IllegalArgumentException(
            "character %d: expected %s, found %s: %s"
                .formatted(term.at() + 1, type.words, term.type().words, text));
      }
    }

    private IllegalArgumentException wrong(Token token, String what) {
      String found = token.kind() == END ? "the end" : "\"" + token.text() + "\"";
      return new IllegalArgumentException(
          "character %d: %s %s: %s".formatted(token.at() + 1, found, what, text));
    }
  }
}
