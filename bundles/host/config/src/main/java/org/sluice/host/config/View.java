// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.sluice.host.api.ConfigProblem;
import org.sluice.host.api.ConfigStatus;
import org.sluice.host.api.Spelling;

/**
 * What there is to tell, at one moment.
 *
 * @param trying whether what is in force is still on probation
 * @param stamp of the folder when it was last looked at
 * @param seen what it held then
 * @param problems what stands against it
 * @param applied what Config Admin holds
 */
record View(
    Stored inForce,
    boolean trying,
    String stamp,
    Snapshot seen,
    List<ConfigProblem> problems,
    Map<Pid, Setting> applied) {

  static final View NONE =
      new View(
          Stored.NONE,
          false,
          "",
          new Snapshot(Map.of(), List.of(), Map.of(), ""),
          List.of(),
          Map.of());

  /** Whether the files as they were seen are in force. */
  boolean current() {
    return problems.isEmpty() && seen.files().equals(inForce.files());
  }

  /**
   * @param fresh whether the folder is still as it was seen
   */
  ConfigStatus status(boolean fresh, Schemas schemas, BundleContext context) {
    List<ConfigStatus.ConfigFile> files = new ArrayList<>();
    List<ConfigProblem> all = new ArrayList<>(problems);
    for (String file : seen.files().keySet()) {
      Pid pid = Pid.ofFile(file).orElse(null);
      if (pid == null) {
        files.add(new ConfigStatus.ConfigFile(file, "", "", state(file)));
        continue;
      }
      String claimed =
          schemas.of(pid.base()).stream().map(Schema::claimedBy).collect(Collectors.joining(", "));
      String user = claimed.isEmpty() ? user(context, pid) : "";
      String note =
          !claimed.isEmpty() ? "" : user.isEmpty() ? ", no bundle claims it" : ", unchecked";
      files.add(
          new ConfigStatus.ConfigFile(
              file, pid.toString(), claimed.isEmpty() ? user : claimed, state(file) + note));
      if (claimed.isEmpty() && user.isEmpty()) {
        Spelling.near(pid.base(), schemas.pids(), 1).stream()
            .findFirst()
            .ifPresent(
                n ->
                    all.add(
                        new ConfigProblem(
                            ConfigProblem.Severity.WARNING,
                            file,
                            0,
                            0,
                            "",
                            "no bundle claims " + pid.base(),
                            "did you mean " + new Pid(n, pid.name()).file() + "?")));
      }
    }
    seen.ignored()
        .forEach((file, why) -> files.add(new ConfigStatus.ConfigFile(file, "", "", why)));
    return new ConfigStatus(
        inForce.number(), fresh && current(), List.copyOf(all), List.copyOf(files));
  }

  private String state(String file) {
    if (problems.stream().anyMatch(p -> p.file().equals(file))) {
      return "refused";
    }
    String text = inForce.files().get(file);
    if (text == null || !text.equals(seen.files().get(file))) {
      if (!problems.isEmpty()) {
        return "waits: other files are refused";
      }
      return inForce.pinned()
          ? "not in force: the rollback to an earlier generation holds until a file is saved"
          : "not in force";
    }
    return trying ? "in force, on probation" : "in force";
  }

  /** The bundle that uses a PID without describing it. */
  private static String user(BundleContext context, Pid pid) {
    String filter =
        "(&(|(objectClass=org.osgi.service.cm.ManagedService)"
            + "(objectClass=org.osgi.service.cm.ManagedServiceFactory)(component.name=*))"
            + "(|(service.pid="
            + escaped(pid.base())
            + ")(service.pid="
            + escaped(pid.toString())
            + ")(component.name="
            + escaped(pid.base())
            + ")))";
    try {
      var references = context.getAllServiceReferences(null, filter);
      return references == null ? "" : String.valueOf(references[0].getBundle().getSymbolicName());
    } catch (InvalidSyntaxException e) {
      return "";
    }
  }

  private static String escaped(String text) {
    return text.replaceAll("([\\\\*()])", "\\\\$1");
  }
}
