// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.Completer;
import org.sluice.host.api.Plugins;

/** Names of bundles and of plugins, for the commands of the host. */
@Component(
    property = {
      Completer.COMMANDS + "=host:explain",
      Completer.COMMANDS + "=host:release",
    })
public final class Names implements Completer {
  private final BundleContext context;

  @Activate
  public Names(BundleContext context) {
    this.context = context;
  }

  @Override
  public Map<String, String> candidates(String command, int argument) {
    Map<String, String> names = new TreeMap<>();
    if (argument > 0) {
      return names;
    }
    if (command.endsWith(":explain")) {
      Arrays.stream(context.getBundles())
          .filter(b -> b.getSymbolicName() != null)
          .forEach(b -> names.put(b.getSymbolicName(), "bundle " + b.getVersion()));
    }
    plugins(names);
    return names;
  }

  private void plugins(Map<String, String> names) {
    var service = context.getServiceReference(Plugins.class);
    Plugins plugins = service == null ? null : context.getService(service);
    if (plugins != null) {
      plugins.plugins().forEach(p -> names.put(p.file(), "plugin, " + p.state().toString()));
      context.ungetService(service);
    }
  }
}
