// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.sluice.host.api.ConfigProblem.Severity.ERROR;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.sluice.host.api.ConfigProblem;
import org.sluice.sys.Trust;

/**
 * Reads the whole folder as one picture. Symbolic links are followed, so that a folder mounted from
 * Kubernetes, where every file is a link through {@code ..data}, is read like any other; what
 * editors leave beside a file is passed over.
 */
final class ConfigFolder {

  /** More than any person writes, less than would hurt. */
  private static final long MAX_BYTES = 1 << 20;

  /** A picture during which the folder changed is taken again so often. */
  private static final int ATTEMPTS = 5;

  private static final Pattern LOOKS_LIKE_CONFIGURATION =
      Pattern.compile(".*\\.(cfg|config|json|jsonc|json5|ya?ml|properties|toml|conf|ini)");

  private final Path folder;

  ConfigFolder(Path folder) {
    this.folder = folder;
  }

  Path path() {
    return folder;
  }

  /** Reads all of it, whoever may write there. */
  Snapshot read() {
    Snapshot snapshot = null;
    for (int i = 0; i < ATTEMPTS; i++) {
      String before = stamp();
      snapshot = attempt();
      if (stamp().equals(before)) {
        break;
      }
    }
    return java.util.Objects.requireNonNull(snapshot);
  }

  /** Who else could have written here: the folder and each file, after following links. */
  List<ConfigProblem> distrust() {
    List<ConfigProblem> problems = new ArrayList<>();
    List<Path> paths = new ArrayList<>();
    paths.add(folder);
    try {
      for (String name : names()) {
        if (holds(name)) {
          paths.add(folder.resolve(name));
        }
      }
    } catch (IOException e) {
      // An unreadable folder is told by read().
      return List.of();
    }
    for (Path path : paths) {
      if (Files.exists(path)) {
        Trust.problem(path)
            .ifPresent(
                why ->
                    problems.add(
                        new ConfigProblem(
                            ERROR,
                            path.equals(folder) ? folder + "/" : path.getFileName().toString(),
                            0,
                            0,
                            "",
                            "not trusted: " + before(why, ": chmod", ": chown"),
                            after(why, ": chmod", ": chown"))));
      }
      if (!problems.isEmpty() && path.equals(folder)) {
        // The files inside would only repeat it.
        break;
      }
    }
    return problems;
  }

  private static String before(String text, String... marks) {
    int at = first(text, marks);
    return at < 0 ? text : text.substring(0, at);
  }

  private static String after(String text, String... marks) {
    int at = first(text, marks);
    return at < 0 ? "" : text.substring(at + 2);
  }

  private static int first(String text, String... marks) {
    for (String mark : marks) {
      int at = text.indexOf(mark);
      if (at >= 0) {
        return at;
      }
    }
    return -1;
  }

  /**
   * What the file system says of the folder and its files without reading them; differs whenever
   * one of them was touched, replaced, or given other rights.
   */
  String stamp() {
    StringBuilder out = new StringBuilder();
    try {
      stamp(out, folder);
      for (String name : names()) {
        if (holds(name)) {
          stamp(out.append('\n').append(name), folder.resolve(name));
        } else if (mistaken(name)) {
          out.append('\n').append(name);
        }
      }
    } catch (IOException e) {
      out.append(e);
    }
    return out.toString();
  }

  private static void stamp(StringBuilder out, Path path) {
    try {
      Map<String, Object> of =
          Files.readAttributes(path, "unix:ino,dev,size,lastModifiedTime,ctime,mode,uid");
      // The folder's own times change with every temporary file of an editor.
      boolean folder = Files.isDirectory(path);
      out.append(' ').append(of.get("ino")).append(' ').append(of.get("dev"));
      out.append(' ').append(of.get("mode")).append(' ').append(of.get("uid"));
      if (!folder) {
        out.append(' ').append(of.get("size")).append(' ').append(of.get("lastModifiedTime"));
        out.append(' ').append(of.get("ctime"));
      }
    } catch (IOException e) {
      out.append(' ').append(e.getClass().getSimpleName());
    }
  }

  private Snapshot attempt() {
    Map<String, String> files = new TreeMap<>();
    Map<String, String> ignored = new TreeMap<>();
    List<ConfigProblem> problems = new ArrayList<>();
    try {
      for (String name : names()) {
        if (holds(name)) {
          readFile(name, files, problems);
        } else if (mistaken(name)) {
          ignored.put(name, "never read: rename it to " + stem(name) + Pid.SUFFIX);
        }
      }
    } catch (IOException e) {
      problems.add(
          new ConfigProblem(
              ERROR,
              folder + "/",
              0,
              0,
              "",
              e instanceof NoSuchFileException ? "the folder is not there" : "cannot be read: " + e,
              "make it again; until then the last good configuration stays in force"));
    }
    return new Snapshot(files, List.copyOf(problems), ignored, digest(files, problems));
  }

  private static String stem(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }

  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try (var entries = Files.newDirectoryStream(folder)) {
      entries.forEach(p -> names.add(p.getFileName().toString()));
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return names;
  }

  /** Whether a file of this name is configuration. */
  static boolean holds(String name) {
    return name.endsWith(Pid.SUFFIX) && !hidden(name);
  }

  /** Whether somebody may think that a file of this name is read. */
  private boolean mistaken(String name) {
    return !hidden(name)
        && LOOKS_LIKE_CONFIGURATION.matcher(name).matches()
        && Files.isRegularFile(folder.resolve(name));
  }

  private static boolean hidden(String name) {
    return name.startsWith(".") || name.startsWith("#") || name.endsWith("~");
  }

  private void readFile(String name, Map<String, String> files, List<ConfigProblem> problems) {
    Path file = folder.resolve(name);
    try {
      if (!Files.isRegularFile(file)) {
        if (Files.exists(file)) {
          problems.add(problem(name, "is not a file", "move it out of the folder"));
        } else if (Files.isSymbolicLink(file)) {
          problems.add(
              problem(
                  name,
                  "is a link to " + Files.readSymbolicLink(file) + ", which is not there",
                  "make what it points to, or remove the link"));
        }
        return;
      }
      if (Files.size(file) > MAX_BYTES) {
        problems.add(problem(name, "is larger than 1 MiB", "split it, or move it elsewhere"));
        return;
      }
      files.put(name, text(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      // Gone between listing and reading: gone.
    } catch (CharacterCodingException e) {
      problems.add(problem(name, "is not UTF-8", "save it as UTF-8"));
    } catch (IOException e) {
      problems.add(problem(name, "cannot be read: " + e, "make it readable for this process"));
    }
  }

  static String text(byte[] bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static ConfigProblem problem(String file, String text, String remedy) {
    return new ConfigProblem(ERROR, file, 0, 0, "", text, remedy);
  }

  private static String digest(Map<String, String> files, List<ConfigProblem> problems) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (name, text) -> {
            update(digest, name);
            update(digest, text);
          });
      problems.forEach(p -> update(digest, p.toString()));
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    digest.update(bytes);
  }
}
