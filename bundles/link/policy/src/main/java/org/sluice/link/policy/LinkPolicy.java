// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Map;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/**
 * One file of a policy. It stays when the file is changed, so that between the old and the new
 * there is no moment without.
 */
@Component(
    service = LinkPolicy.class,
    configurationPid = PolicySpec.FACTORY,
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = LinkPolicyConfig.class, factory = true)
public final class LinkPolicy {
  private final String pid;
  private volatile PolicySpec spec;

  @Activate
  public LinkPolicy(LinkPolicyConfig config, Map<String, Object> properties) {
    pid = String.valueOf(properties.get(Constants.SERVICE_PID));
    spec = PolicySpec.of(PolicySpec.name(pid), config);
  }

  @Modified
  void modified(LinkPolicyConfig config) {
    spec = PolicySpec.of(PolicySpec.name(pid), config);
  }

  String pid() {
    return pid;
  }

  PolicySpec spec() {
    return spec;
  }
}
