// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** One file that says something of some hooks. */
@Component(
    service = HookRule.class,
    configurationPid = HookRule.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = HookConfig.class, factory = true)
public final class HookRule {
  static final String PID = "org.sluice.link.hooks.hook";

  private volatile Rule rule;

  @Activate
  public HookRule(HookConfig config, Map<String, Object> properties) {
    rule = Rule.of(name(properties), config);
  }

  /** It stays in force meanwhile: no hook runs without what was said of it. */
  @Modified
  void modified(HookConfig config, Map<String, Object> properties) {
    rule = Rule.of(name(properties), config);
  }

  /** What stands behind the {@code ~} in the name of the file. */
  static String name(Map<String, Object> properties) {
    String pid = String.valueOf(properties.get("service.pid"));
    return pid.substring(pid.indexOf('~') + 1);
  }

  Rule rule() {
    return rule;
  }
}
