// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.sluice.host.api.PluginPlan;

/**
 * Says what a jar would change. It goes the way of a real one up to the point where something would
 * change: the jar is shown to the framework, hidden from every other bundle, and taken away again.
 */
final class PlanMaker {
  private final BundleContext context;
  private final FrameworkWiring wiring;
  private final Board board;
  private final Path folder;

  PlanMaker(BundleContext context, FrameworkWiring wiring, Board board, Path folder) {
    this.context = context;
    this.wiring = wiring;
    this.board = board;
    this.folder = folder;
  }

  /** To be called on the worker. */
  PluginPlan plan(Path jar) {
    String file = String.valueOf(jar.getFileName());
    List<String> problems = new ArrayList<>();
    Jar described = new Jar("", "", false, List.of(), java.util.Set.of());
    List<String> components = List.of();
    Wires wires = new Wires(List.of(), List.of());
    Slot.Old old = null;
    Path work = null;
    try {
      if (!Files.isRegularFile(jar)) {
        throw new IllegalArgumentException(
            jar
                + " is not a file; name a jar, relative to the folder the process runs in or absolute");
      }
      work = Files.createTempDirectory(folder, "plan");
      Staged staged = new Staging(work).stage(jar);
      String missing = ZipEnd.missing(staged.path());
      if (!missing.isEmpty()) {
        throw new RefusedException(
            Refusal.Kind.TRUNCATED, file + " is not a complete jar: " + missing, "copy it again");
      }
      described = board.parts().admission().inspect(file, staged, board.settings());
      components = components(staged.path(), described);
      try {
        old = new Predecessor(board).of(slot(file), described);
      } catch (RefusedException e) {
        problems.add(e.getMessage());
      }
      wires = wires(staged, old, problems);
    } catch (RefusedException e) {
      problems.add(e.getMessage());
    } catch (IOException e) {
      problems.add("reading " + jar + ": " + e);
    } finally {
      clear(work);
    }
    return new PluginPlan(
        file,
        described.name(),
        described.version(),
        old == null ? "" : old.bundle().getSymbolicName() + " " + old.bundle().getVersion(),
        problems.isEmpty(),
        problems,
        wires.wires(),
        components,
        wires.restarts());
  }

  private Slot slot(String file) {
    return board.slots().stream()
        .filter(s -> s.file.equals(file))
        .findFirst()
        .orElse(new Slot(file));
  }

  private record Wires(List<String> wires, List<String> restarts) {}

  private Wires wires(Staged staged, Slot.@Nullable Old old, List<String> problems) {
    Bundle bundle;
    try {
      bundle = context.installBundle(staged.location());
    } catch (BundleException | IllegalStateException e) {
      problems.add("the framework does not take it: " + Failure.summary(e));
      return new Wires(List.of(), List.of());
    }
    board.parts().hook().hide(bundle);
    try {
      List<String> wires = new ArrayList<>();
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      List<String> missing = new ArrayList<>(new Unresolved(context, wiring).missing(bundle));
      for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
        provider(requirement, bundle, old)
            .ifPresent(p -> wires.add(subject(requirement) + " from " + p));
      }
      missing.forEach(m -> problems.add("it " + m));
      return new Wires(wires, restarts(old));
    } finally {
      try {
        bundle.uninstall();
      } catch (BundleException e) {
        problems.add("taking it away again: " + Failure.summary(e));
      }
      board.parts().hook().forget(bundle);
    }
  }

  private java.util.Optional<String> provider(
      BundleRequirement requirement, Bundle self, Slot.@Nullable Old old) {
    return wiring.findProviders(requirement).stream()
        .map(BundleCapability::getRevision)
        .map(BundleRevision::getBundle)
        .filter(b -> !b.equals(self) && (old == null || !b.equals(old.bundle())))
        .map(b -> b.getSymbolicName() + " " + b.getVersion())
        .findFirst();
  }

  private static String subject(BundleRequirement requirement) {
    String filter =
        requirement.getDirectives().getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
    return Unresolved.attribute(filter, requirement.getNamespace());
  }

  /** What is wired to the revision that goes would have to be started again. */
  private List<String> restarts(Slot.@Nullable Old old) {
    TreeSet<String> names = new TreeSet<>();
    if (old != null && !old.product()) {
      for (Bundle bundle : wiring.getDependencyClosure(List.of(old.bundle()))) {
        if (!bundle.equals(old.bundle())) {
          names.add(bundle.getSymbolicName() + " " + bundle.getVersion());
        }
      }
    }
    return List.copyOf(names);
  }

  private static List<String> components(Path copy, Jar jar) throws IOException {
    List<String> texts = new ArrayList<>();
    try (ZipFile zip = new ZipFile(copy.toFile())) {
      for (String path : jar.components()) {
        ZipEntry entry = zip.getEntry(path);
        if (entry == null) {
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          texts.addAll(ComponentXml.read(in));
        }
      }
    }
    return texts;
  }

  private static void clear(@Nullable Path work) {
    if (work == null) {
      return;
    }
    try (var files = Files.list(work)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(work);
    } catch (IOException e) {
      System.getLogger("org.sluice.host.deploy")
          .log(System.Logger.Level.WARNING, "removing " + work + ": " + e);
    }
  }
}
