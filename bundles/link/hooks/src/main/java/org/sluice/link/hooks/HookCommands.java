// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Outcome;

/** What the shell can ask of hooks. */
@Component(
    service = HookCommands.class,
    property = {
      "osgi.command.scope=hooks",
      "osgi.command.function=list",
      "osgi.command.function=test",
      "osgi.command.function=log",
      Commands.READS + "=list",
      Commands.READS + "=log"
    })
public final class HookCommands {
  private static final int SHOWN = 50;

  private final Hooks hooks;

  @Activate
  public HookCommands(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Descriptor(
      """
      Lists the hooks, as whom they run, and why one would not.
      Example: hooks:list
      Example: hooks:list --json""")
  public List<? extends Record> list() {
    return HookRow.of(hooks);
  }

  @Descriptor(
      """
      Runs a hook, or all hooks of an event, as if the event came now; shows what it was told and what it did. It runs whatever its filter says; what the filter would say is shown.
      Example: hooks:test routable.d/10-dns
      Example: hooks:test routable --link eth0""")
  public Object test(
      @Descriptor("link to tell it of; without, the first one that leads anywhere")
          @Parameter(
              names = {"--link", "-l"},
              absentValue = "")
          String link,
      @Descriptor("name of the hook as hooks:list has it, or an event") String hookOrEvent)
      throws InterruptedException {
    List<TestRow> rows = new ArrayList<>();
    boolean well = true;
    for (Hooks.Trial trial : hooks.trials(hookOrEvent, link)) {
      Run run = hooks.test(trial);
      well &= !run.bad();
      rows.add(TestRow.of(run, Hooks.verdict(trial), hooks.environment(trial), trial.json()));
    }
    return well && rows.size() == 1 ? rows.getFirst() : new Outcome(well, rows, "");
  }

  @Descriptor(
      """
      Shows the last runs of hooks, oldest first.
      Example: hooks:log
      Example: hooks:log --json""")
  public List<? extends Record> log() {
    return RunRow.in(hooks.journal(), SHOWN);
  }
}
