// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * From which severity on a source is logged.
 *
 * @param normal for all that have no own one
 * @param own by the name of the source, which stands for all that begin with it and a dot
 * @param mistakes what could not be read
 */
record Levels(Severity normal, Map<String, Severity> own, List<String> mistakes) {

  static Levels of(LogConfig config) {
    List<String> mistakes = new ArrayList<>();
    Map<String, Severity> own = new LinkedHashMap<>();
    for (String entry : config.levels()) {
      int equals = entry.lastIndexOf('=');
      Optional<Severity> severity =
          equals <= 0 ? Optional.empty() : Severity.of(entry.substring(equals + 1).strip());
      if (severity.isPresent()) {
        own.put(entry.substring(0, equals).strip(), severity.get());
      } else {
        mistakes.add(mistake(entry));
      }
    }
    return new Levels(Severity.of(config.level()).orElse(Severity.INFO), own, mistakes);
  }

  private static String mistake(String entry) {
    return "\"%s\" is not NAME=LEVEL with error, warn, info, debug or trace".formatted(entry);
  }

  /** What is wrong with this entry, if something is. */
  static Optional<String> check(String entry) {
    int equals = entry.lastIndexOf('=');
    boolean good = equals > 0 && Severity.of(entry.substring(equals + 1).strip()).isPresent();
    return good ? Optional.empty() : Optional.of(mistake(entry));
  }

  Severity least(String source) {
    String name = source;
    while (!name.isEmpty()) {
      Severity severity = own.get(name);
      if (severity != null) {
        return severity;
      }
      name = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }
    return normal;
  }

  /** Sets the loggers of the JDK; they must be kept, because the JDK itself forgets them. */
  List<Logger> apply() {
    Logger.getLogger("").setLevel(normal.jdk());
    return own.entrySet().stream()
        .map(
            entry -> {
              Logger logger = Logger.getLogger(entry.getKey());
              logger.setLevel(entry.getValue().jdk());
              return logger;
            })
        .toList();
  }
}
