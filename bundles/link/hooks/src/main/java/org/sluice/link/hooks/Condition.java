// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
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

  /** What is wrong with a condition, and where. */
  static final class Wrong extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int at;
    private final String what;

    private Wrong(int at, String what, String text) {
      super("character %d: %s: %s".formatted(at + 1, what, text));
      this.at = at;
      this.what = what;
    }

    /** The character at fault; the first one is 0. */
    int at() {
      return at;
    }

    /** Without the place, which a file has another one for. */
    String what() {
      return what;
    }
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

  /**
   * @param known the only texts it can be; empty when it can be any
   */
  private record Variable(
      Type type, Set<String> known, BiFunction<Occasion, Circumstances, Object> value) {}

  private static Map<String, Variable> variables() {
    TreeMap<String, Variable> all = new TreeMap<>();
    all.put("event", oneOf(EventNames.told(), (o, _) -> o.event()));
    all.put("happening", oneOf(EventNames.words(), (o, _) -> o.word()));
    all.put("subject", text((o, _) -> o.subject()));
    all.put("source", text((o, _) -> o.source()));
    all.put("backend", text((o, _) -> EventNames.backend(o.source())));
    all.put("interface", text((_, c) -> c.link().name()));
    all.put("type", text((_, c) -> c.link().type()));
    all.put("mac", text((_, c) -> c.link().mac()));
    all.put("state", oneOf(EventNames.states(), (_, c) -> c.state()));
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
    return new Variable(Type.TEXT, Set.of(), value);
  }

  private static Variable oneOf(
      Set<String> known, BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.TEXT, known, value);
  }

  private static Variable truth(BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.TRUTH, Set.of(), value);
  }

  private static Variable number(BiFunction<Occasion, Circumstances, Object> value) {
    return new Variable(Type.NUMBER, Set.of(), value);
  }

  /**
   * Reads a condition; an empty one always holds.
   *
   * @throws Wrong with what is wrong and where
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

  /**
   * @param name of the variable that it is; empty for anything else
   * @param fixed what it is always; null when that depends
   * @param demands which variable must be which text for it to hold
   */
  private record Term(
      Type type,
      BiFunction<Occasion, Circumstances, Object> value,
      int at,
      String name,
      @Nullable Object fixed,
      Map<String, String> demands) {

    static Term truth(
        BiFunction<Occasion, Circumstances, Object> value,
        int at,
        @Nullable Boolean fixed,
        Map<String, String> demands) {
      return new Term(Type.TRUTH, value, at, "", fixed, demands);
    }

    boolean always(boolean truth) {
      return fixed instanceof Boolean known && known == truth;
    }
  }

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
      if (all.always(false)) {
        throw new Wrong(all.at(), "can never hold", text);
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
            throw new Wrong(from, "the text that begins here has no end", text);
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
        boolean always = left.always(true) || right.always(true);
        boolean never = left.always(false) && right.always(false);
        left =
            Term.truth(
                (o, c) -> (Boolean) one.apply(o, c) || (Boolean) right.value().apply(o, c),
                left.at(),
                known(always, never),
                Map.of());
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
        TreeMap<String, String> demands = new TreeMap<>(left.demands());
        boolean contradiction = false;
        for (Map.Entry<String, String> demand : right.demands().entrySet()) {
          String before = demands.put(demand.getKey(), demand.getValue());
          contradiction |= before != null && !before.equals(demand.getValue());
        }
        boolean never = contradiction || left.always(false) || right.always(false);
        boolean always = left.always(true) && right.always(true);
        left =
            Term.truth(
                (o, c) -> (Boolean) one.apply(o, c) && (Boolean) right.value().apply(o, c),
                left.at(),
                known(always, never),
                demands);
      }
      return left;
    }

    private static @Nullable Boolean known(boolean always, boolean never) {
      if (never) {
        return Boolean.FALSE;
      }
      return always ? Boolean.TRUE : null;
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
          possible(left, right);
          possible(right, left);
          return Term.truth(
              comparison(sign, left, right),
              left.at(),
              fixed(sign, left, right),
              demand(sign, left, right));
        }
      }
      return left;
    }

    /** A text that the variable can never be was meant to be another one. */
    private void possible(Term variable, Term literal) {
      Variable asked = VARIABLES.get(variable.name());
      if (asked != null
          && !asked.known().isEmpty()
          && literal.fixed() instanceof String word
          && !word.isEmpty()
          && !asked.known().contains(word)) {
        throw new Wrong(
            literal.at(),
            "\"%s\" is no %s; %s"
                .formatted(
                    word,
                    variable.name(),
                    Spelling.near(word, asked.known(), 1).stream()
                        .findFirst()
                        .map(near -> "did you mean \"" + near + "\"?")
                        .orElse("known: " + String.join(", ", new TreeSet<>(asked.known())))),
            text);
      }
    }

    /** What a comparison always yields: of two literals, or of a number below all that exist. */
    private static @Nullable Boolean fixed(String sign, Term left, Term right) {
      if (left.fixed() != null && right.fixed() != null) {
        // Neither looks at what it is given.
        return left.type() == Type.NUMBER
            ? (Boolean) ordered(sign, (Long) left.fixed(), (Long) right.fixed())
            : (Boolean) (left.fixed().equals(right.fixed()) == sign.equals("=="));
      }
      if (right.fixed() instanceof Long limit && limit == 0) {
        return sign.equals("<") ? Boolean.FALSE : sign.equals(">=") ? Boolean.TRUE : null;
      }
      if (left.fixed() instanceof Long limit && limit == 0) {
        return sign.equals(">") ? Boolean.FALSE : sign.equals("<=") ? Boolean.TRUE : null;
      }
      return null;
    }

    private static Map<String, String> demand(String sign, Term left, Term right) {
      if (!sign.equals("==")) {
        return Map.of();
      }
      if (!left.name().isEmpty() && right.fixed() instanceof String word) {
        return Map.of(left.name(), word);
      }
      return !right.name().isEmpty() && left.fixed() instanceof String word
          ? Map.of(right.name(), word)
          : Map.of();
    }

    private static BiFunction<Occasion, Circumstances, Object> comparison(
        String sign, Term left, Term right) {
      if (sign.equals("==") || sign.equals("!=")) {
        boolean wanted = sign.equals("==");
        return (o, c) -> left.value().apply(o, c).equals(right.value().apply(o, c)) == wanted;
      }
      return (o, c) ->
          ordered(sign, (Long) left.value().apply(o, c), (Long) right.value().apply(o, c));
    }

    private static boolean ordered(String sign, long left, long right) {
      return switch (sign) {
        case "==" -> left == right;
        case "!=" -> left != right;
        case "<" -> left < right;
        case "<=" -> left <= right;
        case ">" -> left > right;
        default -> left >= right;
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
          return Term.truth(
              (o, c) -> !(Boolean) term.value().apply(o, c),
              token.at(),
              term.fixed() instanceof Boolean known ? (Boolean) !known : null,
              Map.of());
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
      return new Term(type, (_, _) -> value, token.at(), "", value, Map.of());
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
      return new Term(variable.type(), variable.value(), token.at(), token.text(), null, Map.of());
    }

    private void must(Term term, Type type) {
      if (term.type() != type) {
        throw new Wrong(
            term.at(), "expected %s, found %s".formatted(type.words, term.type().words), text);
      }
    }

    private Wrong wrong(Token token, String what) {
      String found = token.kind() == END ? "the end" : "\"" + token.text() + "\"";
      return new Wrong(token.at(), found + " " + what, text);
    }
  }
}
