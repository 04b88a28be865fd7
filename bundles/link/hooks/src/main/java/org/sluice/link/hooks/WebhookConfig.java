// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for one web server that is told. */
@ObjectClassDefinition(
    name = "Webhook",
    description = "A web server that is told what happens, by POST with JSON.")
@interface WebhookConfig {

  @AttributeDefinition(name = "Address", description = "Where to send: https://HOST/PATH.")
  String url();

  @AttributeDefinition(
      name = "Secret file",
      description =
          "A file with the secret that messages are signed with. Only its owner may read it."
              + " Empty: they are not signed.")
  String secretFile() default "";

  @AttributeDefinition(
      name = "Timeout",
      description = "How long an answer may take. Unit: seconds.",
      min = "1",
      max = "300")
  int timeout() default 10;

  @AttributeDefinition(
      name = "Attempts",
      description =
          "How often one message is tried before it is given up. The time between two tries doubles"
              + " from 1 second to 5 minutes, less a random part.",
      min = "1",
      max = "100")
  int attempts() default 8;

  @AttributeDefinition(
      name = "Queue",
      description =
          "How many messages may wait; when there are more the oldest is dropped."
              + " Unit: messages.",
      min = "1",
      max = "100000")
  int queue() default 256;

  @AttributeDefinition(
      name = "Initial",
      description = "Whether it is told what is so already when Sluice starts.")
  boolean initial() default false;

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
      description =
          "Only these events. Empty: everything that happens, each once, by its own name.")
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
