// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeInformation;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;
import org.sluice.host.api.Cause;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.ConfigStatus;
import org.sluice.host.api.Generations;

/** Whether a configuration is there, and if it is not: which file to create or to mend. */
final class ConfigurationInquiry {
  private static final ConfigStatus UNKNOWN = new ConfigStatus(0, true, List.of(), List.of());
  private static final String REQUIRE = "require";
  private final Inquiry inquiry;

  ConfigurationInquiry(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  /** What stands behind one PID. */
  Cause of(String pid) {
    String subject = "configuration " + pid;
    List<ComponentDescriptionDTO> takers = takers(pid);
    List<Cause> refused = problems(pid);
    if (!refused.isEmpty()) {
      String kept = present(pid) ? "; what was in force before still is" : "; nothing is in force";
      return Inquiry.trouble(subject, "was refused" + kept, refused);
    }
    if (present(pid)) {
      List<Cause> parts = takers.stream().map(inquiry.ofComponent()::of).toList();
      return parts.isEmpty()
          ? Inquiry.root(
              subject,
              "is in force, but no component here asks for it"
                  + Inquiry.didYouMean(factory(pid), names()),
              "drop the bundle it is for into plugins/, or rename the file")
          : Inquiry.node(subject, "is in force", parts);
    }
    Optional<ComponentDescriptionDTO> needy =
        takers.stream().filter(taker -> REQUIRE.equals(taker.configurationPolicy)).findFirst();
    if (needy.isPresent()) {
      return absent(pid, needy.get());
    }
    return Inquiry.node(
        subject,
        "has no file; the defaults are in force",
        takers.stream().map(inquiry.ofComponent()::of).toList());
  }

  /** Why a component that waits for its configuration does so. */
  List<Cause> missing(ComponentDescriptionDTO component) {
    List<Cause> causes = new ArrayList<>();
    for (String pid : component.configurationPid) {
      List<Cause> refused = problems(pid);
      if (!refused.isEmpty()) {
        causes.add(Inquiry.trouble("configuration " + pid, "was refused", refused));
      } else if (!present(pid)) {
        causes.add(absent(pid, component));
      }
    }
    return causes;
  }

  private Cause absent(String pid, ComponentDescriptionDTO component) {
    Optional<MetaTypeInformation> metatype = metatype(component);
    boolean factory =
        metatype.isPresent() && Arrays.asList(metatype.get().getFactoryPids()).contains(pid);
    String file = "configs/" + pid + (factory ? "~NAME" : "") + ".cfg.json";
    return Inquiry.root(
        "configuration " + pid,
        "required by component " + component.name + ", and there is no file " + file,
        "create " + file + metatype.map(m -> keys(m, pid)).orElse(""));
  }

  /** The keys that such a file cannot do without. */
  private static String keys(MetaTypeInformation metatype, String pid) {
    ObjectClassDefinition definition = metatype.getObjectClassDefinition(pid, null);
    AttributeDefinition[] required =
        definition.getAttributeDefinitions(ObjectClassDefinition.REQUIRED);
    String keys =
        Arrays.stream(required == null ? new AttributeDefinition[0] : required)
            .filter(key -> key.getDefaultValue() == null || key.getDefaultValue().length == 0)
            .map(key -> key.getID() + " (" + key.getName() + ")")
            .collect(Collectors.joining(", "));
    return keys.isEmpty() ? "; {} is enough" : " with at least " + keys;
  }

  private Optional<MetaTypeInformation> metatype(ComponentDescriptionDTO component) {
    Bundle bundle = inquiry.bundle(component.bundle.id);
    return bundle == null
        ? Optional.empty()
        : inquiry.ask(
            MetaTypeService.class,
            Optional.<MetaTypeInformation>empty(),
            service -> {
              MetaTypeInformation found = service.getMetaTypeInformation(bundle);
              boolean described =
                  found != null
                      && (Arrays.asList(found.getPids())
                              .containsAll(List.of(component.configurationPid))
                          || Arrays.asList(found.getFactoryPids())
                              .containsAll(List.of(component.configurationPid)));
              return described ? Optional.of(found) : Optional.empty();
            });
  }

  /** What the host found wrong in the files of a PID, or of its instances. */
  private List<Cause> problems(String pid) {
    ConfigStatus status = status();
    List<String> files =
        status.files().stream()
            .filter(file -> file.pid().equals(pid) || factory(file.pid()).equals(pid))
            .map(ConfigStatus.ConfigFile::file)
            .toList();
    List<Cause> causes = new ArrayList<>();
    for (ConfigProblem problem : status.problems()) {
      if (problem.error() && (files.contains(problem.file()) || names(problem.file(), pid))) {
        causes.add(
            Inquiry.root(
                problem.file()
                    + (problem.line() > 0 ? ":" + problem.line() + ":" + problem.column() : ""),
                (problem.key().isEmpty() ? "" : problem.key() + ": ") + problem.text(),
                problem.remedy().isEmpty() ? "mend the file and save it" : problem.remedy()));
      }
    }
    return causes;
  }

  private static boolean names(String file, String pid) {
    String name = file.substring(file.lastIndexOf('/') + 1);
    return name.equals(pid + ".cfg.json");
  }

  private ConfigStatus status() {
    return inquiry.ask(Generations.class, UNKNOWN, Generations::status);
  }

  private static String factory(String pid) {
    int tilde = pid.indexOf('~');
    return tilde < 0 ? pid : pid.substring(0, tilde);
  }

  private List<ComponentDescriptionDTO> takers(String pid) {
    return inquiry.components().stream()
        .filter(component -> Arrays.asList(component.configurationPid).contains(factory(pid)))
        .toList();
  }

  private boolean present(String pid) {
    return configurations().stream()
        .anyMatch(there -> there.equals(pid) || there.startsWith(pid + "~"));
  }

  /** PIDs that are in force. */
  private Set<String> configurations() {
    return inquiry.ask(ConfigurationAdmin.class, Set.of(), ConfigurationInquiry::configurations);
  }

  private static Set<String> configurations(ConfigurationAdmin admin) {
    try {
      Configuration[] all = admin.listConfigurations(null);
      return all == null
          ? Set.of()
          : Arrays.stream(all).map(Configuration::getPid).collect(Collectors.toSet());
    } catch (IOException | InvalidSyntaxException e) {
      throw new IllegalStateException("listing the configurations in force: " + e.getMessage(), e);
    }
  }

  /** Every PID that is in force, has a file, or that a component would take a file for. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(configurations());
    status().files().forEach(file -> names.add(file.pid()));
    for (ComponentDescriptionDTO component : inquiry.components()) {
      // A component that is never configured has its own name as PID all the same.
      if (!"ignore".equals(component.configurationPolicy) && described(component)) {
        names.addAll(List.of(component.configurationPid));
      }
    }
    return names;
  }

  private boolean described(ComponentDescriptionDTO component) {
    return REQUIRE.equals(component.configurationPolicy)
        || !component.configurationPid[0].equals(component.name)
        || metatype(component).isPresent();
  }
}
