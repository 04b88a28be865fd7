// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sluice.sys.Trust;

/** The lease files there are: those in the usual folders, and those that a dhclient was told. */
final class LeaseFiles {
  private static final String PATTERN = "dhclient*.lease*";
  private static final int MOST = 256;

  /** That of a dhclient which has ended is read for as long as its end is not believed. */
  private static final Duration LINGER = Judgement.GRACE.plusSeconds(1);

  private final List<Path> folders;
  private final Tally tally;

  /** Where a dhclient was told to write, and when it ran last. */
  private final Map<Path, Instant> told = new LinkedHashMap<>();

  private Map<Path, LeaseFile> known = new LinkedHashMap<>();
  private Set<String> problems = new TreeSet<>();

  LeaseFiles(List<Path> folders, Tally tally) {
    this.folders = List.copyOf(folders);
    this.tally = tally;
  }

  /** All of them as they are now. */
  List<LeaseFile> look(List<Client> clients, Instant now) {
    Set<Path> common = common();
    for (Client client : clients) {
      Path file = client.leaseFile();
      if (file != null && (told.size() < MOST || told.containsKey(file))) {
        told.put(file, now);
      }
    }
    told.values().removeIf(last -> now.isAfter(last.plus(LINGER)) || last.isAfter(now));
    Set<Path> all = new LinkedHashSet<>(told.keySet());
    all.addAll(common);
    Map<Path, LeaseFile> there = new LinkedHashMap<>();
    Set<String> troubles = new TreeSet<>();
    for (Path path : all) {
      LeaseFile old = known.get(path);
      boolean usual = common.contains(path);
      LeaseFile file = old != null && old.common() == usual ? old : new LeaseFile(path, usual);
      try {
        if (Files.exists(path)) {
          Trust.problem(path)
              .ifPresentOrElse(troubles::add, () -> look(file, now, there, troubles));
        }
      } catch (SecurityException e) {
        troubles.add(path + ": " + e.getMessage());
      }
    }
    known = there;
    problems = troubles;
    return List.copyOf(there.values());
  }

  private void look(LeaseFile file, Instant now, Map<Path, LeaseFile> there, Set<String> troubles) {
    try {
      file.look(now, tally);
      there.put(file.path(), file);
    } catch (NoSuchFileException e) {
      // It went meanwhile.
    } catch (IOException e) {
      tally.failed();
      troubles.add("reading the lease file " + file.path() + ": " + e);
    }
  }

  private Set<Path> common() {
    Set<Path> found = new TreeSet<>();
    for (Path folder : folders) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PATTERN)) {
        for (Path file : files) {
          if (found.size() < MOST) {
            found.add(file);
          }
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        // Every distribution has its own.
      } catch (IOException e) {
        tally.failed();
        problems.add("reading the folder " + folder + ": " + e);
      }
    }
    return found;
  }

  /** Where changes of them show. */
  Set<Path> folders() {
    Set<Path> all = new LinkedHashSet<>(folders);
    for (Path file : known.keySet()) {
      Path parent = file.getParent();
      if (parent != null) {
        all.add(parent);
      }
    }
    return all;
  }

  /** Whether an entry of a folder is one of them, or may become one. */
  boolean concerns(Path folder, String name) {
    return (folders.contains(folder) && name.startsWith("dhclient"))
        || known.containsKey(folder.resolve(name));
  }

  boolean doubtful() {
    return known.values().stream().anyMatch(LeaseFile::doubtful);
  }

  /** Why some of them do not count, each with what to do. */
  Set<String> problems() {
    return Set.copyOf(problems);
  }
}
