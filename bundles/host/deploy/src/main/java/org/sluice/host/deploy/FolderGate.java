// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.Bundle;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.sluice.sys.Trust;

/**
 * Decides whether plugins are taken in at all. As root, whoever may write to the drop-in folder is
 * root: so then it must be writable for nobody else.
 */
final class FolderGate implements Worker.Gate {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Bundle system;
  private final Path folder;
  private final boolean safeMode;
  private final boolean root;
  private volatile String told = "";

  FolderGate(Bundle system, Path folder, boolean safeMode) throws IOException {
    this.system = system;
    this.folder = folder;
    this.safeMode = safeMode;
    root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  @Override
  public boolean open() {
    int state = system.getState();
    return (state == Bundle.ACTIVE || state == Bundle.STARTING)
        && system.adapt(FrameworkStartLevel.class).getStartLevel() >= Admission.START_LEVEL;
  }

  @Override
  public boolean safeMode() {
    return safeMode;
  }

  @Override
  public String distrust(Path file) {
    // The folder may be safe and the file not: by its own mode, or because it is a link elsewhere.
    return root ? Trust.problem(file).orElse("") : "";
  }

  @Override
  public String held() {
    if (safeMode) {
      return "safe mode: plugins are not started; start without --safe-mode to have them";
    }
    String problem = root && Files.exists(folder) ? Trust.problem(folder).orElse("") : "";
    if (!problem.equals(told)) {
      told = problem;
      if (problem.isEmpty()) {
        LOG.log(System.Logger.Level.INFO, "the drop-in folder can be trusted again");
      } else {
        LOG.log(System.Logger.Level.ERROR, "no plugin is taken in: " + problem);
      }
    }
    return problem.isEmpty() ? "" : "not taken in: " + problem;
  }
}
