// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for the view of systemd-networkd. */
@ObjectClassDefinition(
    name = "systemd-networkd",
    description = "What systemd-networkd says of the links it looks after, and its DHCP leases")
@interface NetworkdConfig {

  @AttributeDefinition(
      name = "Enabled",
      description = "Whether systemd-networkd is listened to. Nothing is changed on it either way.")
  boolean enabled() default true;

  @AttributeDefinition(
      name = "System bus",
      description =
          "Address of the message bus on which it is found, such as"
              + " unix:path=/run/dbus/system_bus_socket. Empty: the system bus of this host.")
  String systemBus() default "";

  @AttributeDefinition(
      name = "Lease folder",
      description = "Folder into which systemd-networkd writes its DHCPv4 leases.")
  String leases() default "/run/systemd/netif/leases";
}
