// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** When a link is ready. */
@ObjectClassDefinition(
    name = "Happenings",
    description = "What happens on the network, in words that are the same for every backend")
public @interface HappeningsConfig {
  @AttributeDefinition(
      description =
          "What a link must have to be told ready. any: what IPv4 needs or what IPv6 needs, that is"
              + " a carrier, an address, a default route; gateway: the gateway answers; dns: a name"
              + " server is known; lease: a DHCP server granted something; configured: a manager"
              + " such as systemd-networkd is done",
      options = {
        @Option("any"),
        @Option("ipv4"),
        @Option("ipv6"),
        @Option("gateway"),
        @Option("dns"),
        @Option("lease"),
        @Option("configured")
      })
  String[] ready() default {"any"};

  @AttributeDefinition(
      description =
          "Whether what happens is written to the log and the audit, a line each. A busy host makes"
              + " many lines")
  boolean audit() default false;
}
