// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.File;
import java.nio.file.Path;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Takes configuration files from the file watcher. What the watcher says is only a hint to look at
 * the folder: it tells of files one by one, of half-written ones too, and of a touch as of a
 * change.
 */
@Component(service = ArtifactInstaller.class)
public final class FolderHints implements ArtifactInstaller {
  private final Guard guard;
  private final File folder;

  @Activate
  public FolderHints(BundleContext context, @Reference Guard guard) {
    this.guard = guard;
    this.folder = Path.of(context.getProperty("sluice.home"), "configs").toFile();
  }

  @Override
  public boolean canHandle(File file) {
    return ConfigFolder.holds(file.getName()) && folder.equals(file.getParentFile());
  }

  @Override
  public void install(File file) {
    guard.hint();
  }

  @Override
  public void update(File file) {
    guard.hint();
  }

  @Override
  public void uninstall(File file) {
    guard.hint();
  }
}
