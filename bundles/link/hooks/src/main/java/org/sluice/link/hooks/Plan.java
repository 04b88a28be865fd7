// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;

/** How one hook would be run now, or why it would not. */
record Plan(HookFile hook, Rule rule, Runner.Terms terms, Standing standing) {

  /**
   * @param own the user of this process
   */
  static Plan of(HookFile hook, Settings settings, List<Rule> rules, Account own) {
    Rule rule = rules.stream().filter(r -> r.covers(hook.name())).findFirst().orElse(Rule.NONE);
    Standing standing = Standing.of(hook, settings.links());
    String user = rule.user().isEmpty() ? settings.user() : rule.user();
    Account account = own;
    if (!user.isEmpty()) {
      Optional<Account> found;
      String why = "there is no user " + user + ": create it, or name another one";
      try {
        found = Accounts.find(user);
      } catch (IOException e) {
        found = Optional.empty();
        why = "the user " + user + " cannot be looked up: " + e.getMessage();
      }
      account = found.orElse(new Account(user, -1, -1, "/"));
      if (found.isEmpty()) {
        standing = worse(standing, why);
      }
    }
    boolean other = account.number() != own.number();
    Duration timeout =
        rule.timeout() == 0 ? settings.timeout() : Duration.ofSeconds(rule.timeout());
    Runner.Terms terms =
        new Runner.Terms(account, other, rule.capabilities(), timeout, settings.output());
    return new Plan(hook, rule, terms, worse(standing, lacking(other, rule.capabilities())));
  }

  private static Standing worse(Standing standing, String problem) {
    return standing.runs() ? new Standing(standing.real(), problem) : standing;
  }

  /** What this process would need to have, and has not. */
  private static String lacking(boolean otherUser, Set<Capability> wanted) {
    EnumSet<Capability> needed = EnumSet.noneOf(Capability.class);
    needed.addAll(wanted);
    if (otherUser) {
      // The last one to end it with when it takes too long.
      needed.addAll(Set.of(Capability.CAP_SETUID, Capability.CAP_SETGID, Capability.CAP_KILL));
    }
    if (needed.isEmpty()) {
      return "";
    }
    try {
      Set<Capability> missing = Capabilities.current().missing(needed);
      return missing.isEmpty()
          ? ""
          : "Sluice itself lacks " + missing + ": " + Capabilities.remedy(missing);
    } catch (IOException e) {
      return "the capabilities of this process cannot be read: " + e.getMessage();
    }
  }
}
