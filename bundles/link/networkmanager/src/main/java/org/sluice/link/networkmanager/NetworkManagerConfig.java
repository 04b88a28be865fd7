// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for the view of NetworkManager. */
@ObjectClassDefinition(
    name = "NetworkManager",
    description = "What NetworkManager says of the links it looks after, and its DHCP leases")
@interface NetworkManagerConfig {

  @AttributeDefinition(
      name = "Enabled",
      description = "Whether NetworkManager is listened to. Nothing is changed on it either way.")
  boolean enabled() default true;

  @AttributeDefinition(
      name = "System bus",
      description =
          "Address of the message bus on which it is found, such as"
              + " unix:path=/run/dbus/system_bus_socket. Empty: the system bus of this host.")
  String systemBus() default "";
}
