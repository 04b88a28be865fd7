// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.File;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Takes the jars from FileInstall. It says yes to every jar even while there is nobody to deploy
 * it: were it to say no, FileInstall would install the jar itself, unguarded.
 */
@Component(service = ArtifactInstaller.class)
public final class Hints implements ArtifactInstaller {
  private volatile @Nullable Deployer deployer;

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "unbind")
  public void bind(Deployer arrived) {
    deployer = arrived;
  }

  public void unbind(Deployer gone) {
    if (gone.equals(deployer)) {
      deployer = null;
    }
  }

  @Override
  public boolean canHandle(File artifact) {
    String name = artifact.getName();
    return name.endsWith(".jar") || name.endsWith(".jar" + DropFolder.SIGNATURE);
  }

  @Override
  public void install(File artifact) {
    hint();
  }

  @Override
  public void update(File artifact) {
    hint();
  }

  @Override
  public void uninstall(File artifact) {
    hint();
  }

  private void hint() {
    Deployer present = deployer;
    if (present != null) {
      present.look();
    }
  }
}
