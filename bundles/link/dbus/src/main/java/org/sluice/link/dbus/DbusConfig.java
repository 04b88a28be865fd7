// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Whether and where the picture is offered. */
@ObjectClassDefinition(
    name = "Link on D-Bus",
    description = "The picture of the network, and what happens on it, on the system bus")
public @interface DbusConfig {
  @AttributeDefinition(
      description =
          "Whether org.sluice.Link1 is offered on the bus. The bus must allow the name: the package"
              + " brings the policy file for it")
  boolean enabled() default false;

  @AttributeDefinition(
      description =
          "Address of the bus, as unix:path=/run/dbus/system_bus_socket. Empty for the system bus")
  String bus() default "";
}
