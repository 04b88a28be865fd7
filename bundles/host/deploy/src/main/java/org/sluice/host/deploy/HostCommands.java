// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Leak;
import org.sluice.host.api.Outcome;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.PluginPlan;
import org.sluice.host.api.Plugins;
import org.sluice.host.api.Spelling;

/** The commands about plugins. */
@Component(
    service = HostCommands.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=plugins",
      "osgi.command.function=release",
      "osgi.command.function=plan",
      "osgi.command.function=leaks",
      // A plan reads any file that the process may; a search for leaks collects garbage.
      "org.sluice.command.reads=plugins"
    })
public final class HostCommands {
  private final Plugins plugins;

  @Activate
  public HostCommands(@Reference Plugins plugins) {
    this.plugins = plugins;
  }

  @Descriptor(
      """
      Shows the jars in plugins/ and what became of each.
      Example: host:plugins
      Example: host:plugins --json""")
  public List<Plugin> plugins() {
    return plugins.plugins().stream().sorted(Comparator.comparing(Plugin::file)).toList();
  }

  @Descriptor(
      """
      Shows one jar in plugins/ with everything that is known of it.
      Example: host:plugins hello.jar""")
  public Plugin plugins(@Descriptor("file name or symbolic name") String name) {
    List<Plugin> all = plugins();
    return all.stream()
        .filter(p -> p.file().equals(name) || p.file().equals(name + ".jar"))
        .findFirst()
        .or(() -> all.stream().filter(p -> p.bundle().equals(name)).findFirst())
        .orElseThrow(
            () ->
                new NoSuchElementException(
                    "no plugin is called "
                        + name
                        + Spelling.question(name, all.stream().map(Plugin::file).toList())));
  }

  @Descriptor(
      """
      Gives a plugin in quarantine another chance.
      Example: host:release hello.jar""")
  public Outcome release(@Descriptor("file name or symbolic name") String name) {
    Plugin plugin = plugins.release(name);
    boolean ok = plugin.state() == Plugin.State.ACTIVE;
    String text = plugin.file() + " is " + plugin.state();
    return new Outcome(ok, List.of(plugin), ok ? text : text + ": " + plugin.reason());
  }

  @Descriptor(
      """
      Says what a jar would change if it were dropped into plugins/; changes nothing.
      Example: host:plan /tmp/hello.jar""")
  public Outcome plan(@Descriptor("path of a jar") String jar) {
    PluginPlan plan = plugins.plan(Path.of(jar));
    return new Outcome(
        plan.accepted(),
        List.of(plan),
        plan.accepted() ? plan.file() + " would be taken" : String.join("\n", plan.problems()));
  }

  @Descriptor(
      """
      Collects garbage and shows revisions that were dropped and whose classes are still there.
      Example: host:leaks""")
  public Outcome leaks() {
    List<Leak> leaks = plugins.leaks();
    return new Outcome(
        leaks.isEmpty(),
        leaks,
        leaks.isEmpty() ? "no dropped revision is left" : leaks.size() + " dropped revisions left");
  }
}
