// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for the hand-over of names. */
@ObjectClassDefinition(
    name = "Names",
    description =
        "Hands name servers and domains of links over to systemd-resolved, and the name of the host"
            + " to systemd-hostnamed. Without links it does nothing.")
@interface NamesConfig {

  @AttributeDefinition(
      name = "Links",
      description =
          "Whose name servers and domains systemd-resolved is told: names, or * and ? for others."
              + " Links that systemd-networkd looks after are left out, for resolved has those from"
              + " networkd. Empty: none.")
  String[] links() default {};

  @AttributeDefinition(
      name = "Host name links",
      description =
          "Links whose lease may name this host: names, or * and ? for others. The name is the"
              + " transient one, and counts only while there is no /etc/hostname. Empty: none.")
  String[] hostNameLinks() default {};

  @AttributeDefinition(
      name = "Backends",
      description = "Whose leases and name servers are handed over: dhclient, networkmanager.")
  String[] backends() default {};

  @AttributeDefinition(
      name = "Domains",
      description =
          "What the domains are for. search: single words are looked up in them, and names below"
              + " them are asked for by way of the link; route: only the latter; none: nothing.",
      options = {
        @Option(label = "Search", value = "search"),
        @Option(label = "Route", value = "route"),
        @Option(label = "None", value = "none")
      })
  String domains() default "search";

  @AttributeDefinition(
      name = "Interval",
      description =
          "How long at most until a change by somebody else is noticed that nobody tells of, and"
              + " until what failed is tried again. Unit: seconds.",
      min = "1",
      max = "3600")
  int interval() default 30;

  @AttributeDefinition(
      name = "System bus",
      description =
          "Address of the message bus on which they are found, such as"
              + " unix:path=/run/dbus/system_bus_socket. Empty: the system bus of this host.")
  String systemBus() default "";
}
