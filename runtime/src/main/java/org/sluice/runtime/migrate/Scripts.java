// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.sys.Trust;

/** Looks at the scripts of other products: which of them Sluice would run, and what they miss. */
final class Scripts {
  /** What link.hooks passes over, too. */
  private static final Pattern LEFTOVER =
      Pattern.compile(
          "\\..*|.*~|#.*#|.*,v|README.*|.*\\.(dpkg-[a-z]+|rpmsave|rpmnew|rpmorig|ucf-[a-z]+|bak|old|orig"
              + "|save|swp|swo|tmp|disabled|cfsaved)");

  private static final Pattern CHANGES =
      Pattern.compile(
          "(?:^|[\\s;&|(`/])(ip|tc|nft|iptables|ip6tables|ethtool|bridge|wg|sysctl|setcap)\\s");

  private static final int SET_ID = 06000;
  private static final long LONGEST = 1 << 20;

  private final Report report;

  /** Words in scripts that mean something else here, or nothing. */
  private final Map<String, String> words;

  /** The file in which a capability would be granted. */
  private final String rule;

  Scripts(Report report, Map<String, String> words, String rule) {
    this.report = report;
    this.words = words;
    this.rule = rule;
  }

  /** What lies in a folder, sorted by name; nothing when it is not there. */
  static List<Path> in(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        files.forEach(all::add);
      } catch (java.nio.file.DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    all.sort(null);
    return all;
  }

  /** Folders called after something that happens. */
  static List<Path> events(Path folder) throws IOException {
    return in(folder).stream()
        .filter(path -> path.getFileName().toString().endsWith(".d") && Files.isDirectory(path))
        .toList();
  }

  static String event(Path folder) {
    String name = folder.getFileName().toString();
    return name.substring(0, name.length() - ".d".length());
  }

  /** Those that Sluice would run; of the others it is told why not. */
  List<Path> good(Path folder) throws IOException {
    List<Path> good = new ArrayList<>();
    for (Path file : in(folder)) {
      Optional<String> problem = problem(file);
      if (problem.isPresent()) {
        report.add(Outcome.LOOK, file, 0, problem.get());
      } else if (!Files.isDirectory(file)) {
        good.add(file);
        look(file);
      }
    }
    return good;
  }

  private static Optional<String> problem(Path file) throws IOException {
    if (LEFTOVER.matcher(file.getFileName().toString()).matches()) {
      return Optional.of("is named like a leftover; Sluice would not run it");
    }
    if (Files.isDirectory(file)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file)) {
      return Optional.of("is no file, or a link that leads nowhere; it is left out");
    }
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    if ((mode & 0111) == 0) {
      return Optional.of("is not executable, so it did not run before either; it is left out");
    }
    if ((mode & SET_ID) != 0) {
      return Optional.of("changes its user (setuid), and Sluice would refuse it: chmod ug-s");
    }
    // Copied, it would belong to somebody else than the one who can change what is copied.
    return Trust.problem(java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()))
        .or(() -> Trust.problem(file))
        .map(text -> text + "; Sluice would refuse it: read it, mend that, migrate again");
  }

  private void look(Path file) throws IOException {
    if (Files.size(file) > LONGEST) {
      return;
    }
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    if (!text.startsWith("#!")) {
      return;
    }
    Set<String> told = new HashSet<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      if (line.strip().startsWith("#")) {
        continue;
      }
      for (Map.Entry<String, String> word : words.entrySet()) {
        Pattern whole =
            Pattern.compile("(?<![\\w-])" + Pattern.quote(word.getKey()) + "(?![\\w-])");
        if (whole.matcher(line).find() && told.add(word.getKey())) {
          report.add(Outcome.LOOK, file, number, word.getKey() + " " + word.getValue());
        }
      }
      Matcher changes = CHANGES.matcher(line);
      if (changes.find() && told.add("a capability")) {
        report.add(
            Outcome.LOOK,
            file,
            number,
            changes.group(1)
                + ": if it changes the network, it takes \"capabilities\": [\"CAP_NET_ADMIN\"] in "
                + rule);
      }
    }
  }
}
