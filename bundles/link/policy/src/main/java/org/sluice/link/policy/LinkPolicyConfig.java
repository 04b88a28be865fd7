// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for the links of one policy. */
@ObjectClassDefinition(
    name = "Policy of links",
    description =
        "Links whose addresses get rules and a table of their own, so that what is sent from such"
            + " an address leaves by its link.")
@interface LinkPolicyConfig {

  @AttributeDefinition(
      name = "Links",
      description =
          "Which links: names (eth1), patterns with * and ? (uplink*), hardware addresses"
              + " (52:54:00:12:34:56; the permanent one counts too). A name or hardware address"
              + " goes before a pattern in another file. The loopback link never matches.")
  String[] links();

  @AttributeDefinition(
      name = "Table",
      description =
          "Number of the routing table; 0 takes a free one that stays with the link. A number of"
              + " your own serves one link only, so the policy then must match just one.",
      min = "0",
      max = "4294967295")
  long table() default 0;

  @AttributeDefinition(name = "IPv4", description = "Whether IPv4 addresses are handled.")
  boolean ipv4() default true;

  @AttributeDefinition(
      name = "IPv6",
      description = "Whether IPv6 addresses are handled; link-local ones never are.")
  boolean ipv6() default true;

  @AttributeDefinition(
      name = "Priority",
      description =
          "Priority of the first of the two rules of an address; the second has the next number."
              + " 0 takes the one of org.sluice.link.policy.",
      min = "0",
      max = "32764")
  int priority() default 0;

  @AttributeDefinition(
      name = "IPv4 gateway",
      description =
          "Where packets go next. Empty takes the gateway of the link's default route, in whatever"
              + " table it is.")
  String gateway4() default "";

  @AttributeDefinition(
      name = "IPv6 gateway",
      description = "As for IPv4; it may be a link-local address (fe80::1).")
  String gateway6() default "";

  @AttributeDefinition(
      name = "Exclude",
      description =
          "Addresses of the link within these networks get no rules. For example 10.9.0.0/24.")
  String[] exclude() default {};

  @AttributeDefinition(
      name = "Sources",
      description =
          "Networks behind this host that also leave by this link, for example a delegated prefix:"
              + " 2001:db8:5::/56.")
  String[] sources() default {};

  @AttributeDefinition(
      name = "Bypass",
      description =
          "Destinations that are left to the main table, whatever the source: for example the"
              + " network of containers that is reached by a route with a gateway.")
  String[] bypass() default {};

  @AttributeDefinition(
      name = "On-link routes",
      description = "Whether the table has the routes to the networks on the link, too.")
  boolean onLink() default true;

  @AttributeDefinition(
      name = "Without gateway",
      description =
          "What becomes of packets from these addresses while the link has no gateway: main leaves"
              + " them to the main table, so they may leave by another link; unreachable refuses"
              + " them.",
      options = {@Option("main"), @Option("unreachable")})
  String withoutGateway() default "main";
}
