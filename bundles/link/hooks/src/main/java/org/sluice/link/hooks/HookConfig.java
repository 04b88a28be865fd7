// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be said of some hooks in particular. */
@ObjectClassDefinition(
    name = "Some hooks",
    description =
        "How some hooks run, and when. Of several files that name a hook the first by file name"
            + " counts.")
@interface HookConfig {

  @AttributeDefinition(
      name = "Hooks",
      description =
          "Which hooks, as hooks:list names them: routable.d/10-dns, or with * and ? for several:"
              + " */*-dns, /etc/networkd-dispatcher/*.")
  String[] hooks();

  @AttributeDefinition(
      name = "User",
      description = "The user as whom they run, by name or number. Empty: as the others.")
  String user() default "";

  @AttributeDefinition(
      name = "Capabilities",
      description =
          "What they may do beyond an ordinary program of their user, such as CAP_NET_ADMIN. Sluice"
              + " cannot give what it does not have.")
  String[] capabilities() default {};

  @AttributeDefinition(
      name = "Timeout",
      description = "How long one may take; 0: as long as the others. Unit: seconds.",
      min = "0",
      max = "86400")
  int timeout() default 0;

  @AttributeDefinition(
      name = "Rate",
      description =
          "How often one event of one interface may run each of them, within what the general rate"
              + " lets through; 0 limits nothing more. Unit: per minute.",
      min = "0",
      max = "60000")
  int rate() default 0;

  @AttributeDefinition(
      name = "Interfaces",
      description = "Only for interfaces of these names; * and ? stand for others. Empty: for all.")
  String[] interfaces() default {};

  @AttributeDefinition(
      name = "Exclude",
      description =
          "Not for interfaces of these names, whatever interfaces says; * and ? stand for others."
              + " Empty: for all.")
  String[] exclude() default {};

  @AttributeDefinition(
      name = "Events",
      description = "Only for these events; of use in any.d. Empty: for all.")
  String[] events() default {};

  @AttributeDefinition(
      name = "Family",
      description = "Only for events of these families. Events of no family pass. Empty: for both.",
      options = {@Option(label = "IPv4", value = "ipv4"), @Option(label = "IPv6", value = "ipv6")})
  String[] family() default {};

  @AttributeDefinition(
      name = "Backends",
      description = "Only for events that one of these told: kernel, networkd, … Empty: for all.")
  String[] backends() default {};

  @AttributeDefinition(
      name = "Condition",
      description =
          "Only if this holds: has_gateway && dns_count > 0. Empty: always. docs/hooks.md lists the"
              + " names.")
  String condition() default "";
}
