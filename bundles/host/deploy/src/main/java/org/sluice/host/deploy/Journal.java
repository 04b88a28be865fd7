// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/**
 * What must survive the process: the last good revision of each file, what is in quarantine, and
 * which starts killed the process. One file, replaced at once, so that a crash at any moment leaves
 * either the old or the new one.
 *
 * <p>Used by the worker only.
 */
final class Journal {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Path file;
  private final Path starting;
  private final Map<String, Good> good = new TreeMap<>();
  private final Map<String, Quarantined> quarantined = new TreeMap<>();
  private final Map<String, Long> deaths = new TreeMap<>();
  private String written = "";

  /** The revision of a file that was last seen to be well. */
  record Good(String file, String sha, String name) {}

  /** A content of a file that was refused. */
  record Quarantined(String file, String sha, Refusal refusal, Instant since) {}

  private record Deaths(String sha, long count) {}

  private record Content(List<Good> good, List<Quarantined> quarantined, List<Deaths> deaths) {}

  /** Reads what an earlier process left, and counts the starts it did not survive. */
  Journal(Path folder) throws IOException {
    file = folder.resolve("journal.json");
    starting = folder.resolve("starting");
    Files.createDirectories(starting);
    try {
      read(JsonReader.read(Files.readString(file)));
    } catch (NoSuchFileException e) {
      LOG.log(System.Logger.Level.DEBUG, "no journal yet file=" + file);
    } catch (JsonException | IllegalArgumentException | DateTimeException e) {
      // It is replaced at once, so this is a disk's fault or a person's edit. The folder still
      // tells what should run; only the memory of what was good before is lost.
      LOG.log(
          System.Logger.Level.WARNING,
          "the journal cannot be read and is begun anew: " + e.getMessage() + " file=" + file);
    }
    try (DirectoryStream<Path> marks = Files.newDirectoryStream(starting)) {
      for (Path mark : marks) {
        deaths.merge(String.valueOf(mark.getFileName()), 1L, Long::sum);
      }
    }
    write();
    try (DirectoryStream<Path> marks = Files.newDirectoryStream(starting)) {
      for (Path mark : marks) {
        Files.deleteIfExists(mark);
      }
    }
  }

  @Nullable Good good(String name) {
    return good.get(name);
  }

  List<Good> allGood() {
    return List.copyOf(good.values());
  }

  void good(Revision revision) {
    good.put(revision.file(), new Good(revision.file(), revision.sha(), revision.jar().name()));
    deaths.remove(revision.sha());
  }

  @Nullable Quarantined quarantined(String name) {
    return quarantined.get(name);
  }

  List<Quarantined> allQuarantined() {
    return List.copyOf(quarantined.values());
  }

  void quarantine(Quarantined entry) {
    quarantined.put(entry.file(), entry);
  }

  void release(String name) {
    Quarantined entry = quarantined.remove(name);
    if (entry != null) {
      deaths.remove(entry.sha());
    }
  }

  void forget(String name) {
    good.remove(name);
    release(name);
  }

  void forgetGood(String name) {
    good.remove(name);
  }

  /** How many processes died while they started this revision. */
  long deaths(String sha) {
    return deaths.getOrDefault(sha, 0L);
  }

  /** Whether what killed a process may be started again, for it has not done so often enough. */
  boolean suspects(int limit) {
    return deaths.values().stream().anyMatch(count -> count < limit);
  }

  /** Leaves a mark on the disk that is only found by the next process if this one dies. */
  void starting(String sha) throws IOException {
    Path mark = starting.resolve(sha);
    Files.write(mark, new byte[0]);
    sync(starting);
  }

  void started(String sha) throws IOException {
    Files.deleteIfExists(starting.resolve(sha));
  }

  /** Revisions that must be kept on the disk. */
  void addUsed(Set<String> shas) {
    good.values().forEach(g -> shas.add(g.sha()));
  }

  /** Writes the journal if it differs from what is on the disk. */
  void write() throws IOException {
    Content content =
        new Content(
            allGood(),
            allQuarantined(),
            deaths.entrySet().stream().map(e -> new Deaths(e.getKey(), e.getValue())).toList());
    String text = JsonWriter.pretty(content) + "\n";
    if (text.equals(written)) {
      return;
    }
    Path part = file.resolveSibling("journal.part");
    try (FileChannel out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.getParent();
    if (folder != null) {
      sync(folder);
    }
    written = text;
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void read(JsonValue root) {
    for (JsonValue.Obj item : items(root, "good")) {
      Good entry = new Good(text(item, "file"), text(item, "sha"), text(item, "name"));
      good.put(entry.file(), entry);
    }
    for (JsonValue.Obj item : items(root, "quarantined")) {
      if (item.get("refusal") instanceof JsonValue.Obj why) {
        Refusal refusal =
            new Refusal(
                Refusal.Kind.valueOf(text(why, "kind")),
                text(why, "reason"),
                text(why, "remedy"),
                Set.copyOf(texts(why, "awaits")));
        Quarantined entry =
            new Quarantined(
                text(item, "file"), text(item, "sha"), refusal, Instant.parse(text(item, "since")));
        quarantined.put(entry.file(), entry);
      }
    }
    for (JsonValue.Obj item : items(root, "deaths")) {
      if (item.get("count") instanceof JsonValue.Num count) {
        deaths.put(text(item, "sha"), count.value().longValue());
      }
    }
  }

  private static List<JsonValue.Obj> items(JsonValue root, String name) {
    List<JsonValue.Obj> items = new ArrayList<>();
    if (root instanceof JsonValue.Obj object && object.get(name) instanceof JsonValue.Arr list) {
      for (JsonValue item : list.items()) {
        if (item instanceof JsonValue.Obj entry) {
          items.add(entry);
        }
      }
    }
    return items;
  }

  private static String text(JsonValue.Obj object, String name) {
    if (object.get(name) instanceof JsonValue.Str text) {
      return text.value();
    }
    throw new IllegalArgumentException("line " + object.place().line() + " has no text " + name);
  }

  private static List<String> texts(JsonValue.Obj object, String name) {
    List<String> texts = new ArrayList<>();
    if (object.get(name) instanceof JsonValue.Arr list) {
      for (JsonValue item : list.items()) {
        if (item instanceof JsonValue.Str text) {
          texts.add(text.value());
        }
      }
    }
    return texts;
  }
}
