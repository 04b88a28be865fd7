// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sluice.host.api.Spelling;
import org.sluice.packet.api.PortException;

/** The options of a specification that are meant for one driver, read strictly. */
public final class Options {
  private final String prefix;
  private final Map<String, String> given = new TreeMap<>();
  private final Set<String> known = new TreeSet<>();

  /**
   * @param driver whose options begin with its name and a dot; those of others are left alone
   */
  public Options(String driver, Map<String, String> all) {
    prefix = driver + ".";
    all.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            given.put(key, value);
          }
        });
  }

  /** One of several words. */
  public <E extends Enum<E>> E word(String name, E absent) throws PortException {
    String value = take(name);
    if (value.isEmpty()) {
      return absent;
    }
    E[] words = absent.getDeclaringClass().getEnumConstants();
    for (E word : words) {
      if (word.name().equals(value.toUpperCase(Locale.ROOT))) {
        return word;
      }
    }
    List<String> names =
        java.util.Arrays.stream(words).map(word -> word.name().toLowerCase(Locale.ROOT)).toList();
    throw new PortException(
        "option %s is '%s'; it can be %s%s"
            .formatted(
                prefix + name, value, String.join(", ", names), Spelling.question(value, names)));
  }

  public boolean flag(String name, boolean absent) throws PortException {
    String value = take(name);
    return switch (value) {
      case "" -> absent;
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new PortException(
              "option %s is '%s'; it can be true or false".formatted(prefix + name, value));
    };
  }

  public int number(String name, int absent, int least, int most) throws PortException {
    String value = take(name);
    if (value.isEmpty()) {
      return absent;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new PortException(
        "option %s is '%s'; it must be a number from %d to %d"
            .formatted(prefix + name, value, least, most));
  }

  /** Empty when it was not given. */
  public String text(String name) {
    return take(name);
  }

  /** Several, with commas between them; empty when it was not given. */
  public List<String> list(String name) {
    return java.util.Arrays.stream(take(name).split(","))
        .map(String::strip)
        .filter(one -> !one.isEmpty())
        .toList();
  }

  /**
   * Ends the reading.
   *
   * @throws PortException when an option was given that nobody read
   */
  public void end() throws PortException {
    for (String key : given.keySet()) {
      if (!known.contains(key)) {
        throw new PortException(
            "there is no option %s%s".formatted(key, Spelling.question(key, known)));
      }
    }
  }

  private String take(String name) {
    known.add(prefix + name);
    return given.getOrDefault(prefix + name, "");
  }
}
