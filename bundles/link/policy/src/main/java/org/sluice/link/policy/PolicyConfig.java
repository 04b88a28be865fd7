// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What holds for policy routing as a whole. */
@ObjectClassDefinition(
    name = "Policy routing",
    description =
        "How the rules and routes of policy routing are marked and numbered. Nothing is changed on"
            + " the host unless there is a file org.sluice.link.policy.link~NAME.cfg.json.")
@interface PolicyConfig {

  @AttributeDefinition(
      name = "Owner",
      description =
          "The protocol number that marks rules and routes as made by this instance. What carries"
              + " it is adopted after a crash and removed at the end, so nobody else on this host"
              + " may use it. Two instances with policies in one network need two numbers.",
      min = "5",
      max = "255")
  int owner() default 92;

  @AttributeDefinition(
      name = "Mode",
      description =
          "Whether the plan is carried out, or only shown by policy:plan. With plan nothing is"
              + " changed, and what was made before stays.",
      options = {@Option("apply"), @Option("plan")})
  String mode() default "apply";

  @AttributeDefinition(
      name = "On stop",
      description = "What becomes of the own rules and routes when the process or bundle stops.",
      options = {@Option("remove"), @Option("keep")})
  String onStop() default "remove";

  @AttributeDefinition(
      name = "First table",
      description =
          "Tables that are chosen automatically have this number or a higher one. A table stays"
              + " with its link, by hardware address, over renames and restarts.",
      min = "256",
      max = "4294967000")
  long firstTable() default 20_000;

  @AttributeDefinition(
      name = "Priority",
      description =
          "Priority of the rules of a policy that names none; each policy uses this number and the"
              + " next one. Lower ones are asked first; the main table is asked at 32766.",
      min = "1",
      max = "32764")
  int priority() default 22_000;

  @AttributeDefinition(
      name = "Names",
      description =
          "Folder for a file sluice.conf with the names of the tables, so that ip shows sluice-eth1"
              + " instead of a number: /etc/iproute2/rt_tables.d. Empty writes none. The file is"
              + " removed at the end.")
  String names() default "";

  @AttributeDefinition(
      name = "Check every",
      description =
          "Everything is compared so often even when nothing seems to have happened."
              + " Unit: seconds.",
      min = "1",
      max = "86400")
  int checkEvery() default 60;
}
