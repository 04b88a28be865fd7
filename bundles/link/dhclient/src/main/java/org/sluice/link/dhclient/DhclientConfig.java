// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for the view of dhclient. */
@ObjectClassDefinition(
    name = "Leases of dhclient",
    description = "Where ISC dhclient tells what it was granted.")
@interface DhclientConfig {

  @AttributeDefinition(
      name = "Enabled",
      description = "Whether dhclient is watched. It is only watched, never told anything.")
  boolean enabled() default true;

  @AttributeDefinition(
      name = "Hook folder",
      description =
          "Where the hook of Sluice writes what dhclient says. It counts when only root, or the"
              + " user that Sluice runs as, can write there. The hook has the same path in it.")
  String hookFolder() default "/run/sluice-dhclient";

  @AttributeDefinition(
      name = "Lease folders",
      description =
          "Where lease files are looked for, besides those that a running dhclient was told by"
              + " -lf.")
  String[] leaseFolders() default {"/var/lib/dhcp", "/var/lib/dhclient"};
}
