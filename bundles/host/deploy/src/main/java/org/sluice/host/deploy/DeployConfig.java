// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** How jars in the drop-in folder are taken in. */
@ObjectClassDefinition(
    name = "Guarded deployment",
    description = "How jars in plugins/ are verified, started and watched")
public @interface DeployConfig {
  @AttributeDefinition(
      description =
          "Take only jars with a valid signature NAME.jar.sig by one of trustedKeys beside them."
              + " Turned on while running, it removes running plugins that have none")
  boolean requireSigned() default false;

  @AttributeDefinition(
      description =
          "Keys whose signatures count, each as name:base64 as printed by sluice sign keygen."
              + " With requireSigned and no key here, no plugin is taken")
  String[] trustedKeys() default {};

  @AttributeDefinition(
      description =
          "Symbolic names of bundles of the product that a plugin may take the place of,"
              + " such as org.sluice.link.table")
  String[] allowReplace() default {};

  @AttributeDefinition(
      description = "How long a plugin may take to start and to become well, in seconds",
      min = "1",
      max = "600")
  int startTimeout() default 10;

  @AttributeDefinition(
      description =
          "How long the old revision goes on serving beside the new one, in milliseconds:"
              + " calls that found it can end",
      min = "0",
      max = "60000")
  int drainTime() default 250;

  @AttributeDefinition(
      description = "How long a revision may take to stop before it is given up, in seconds",
      min = "1",
      max = "600")
  int stopTimeout() default 10;

  @AttributeDefinition(
      description =
          "How long a component may wait for a service that is missing after the start of its"
              + " plugin, in milliseconds",
      min = "0",
      max = "60000")
  int satisfyTimeout() default 1000;

  @AttributeDefinition(
      description =
          "How long an incomplete file may stay unchanged before it counts as truncated, in seconds",
      min = "1",
      max = "3600")
  int stallTimeout() default 5;

  @AttributeDefinition(
      description =
          "How long a complete file must stay unchanged before it is taken, in milliseconds",
      min = "0",
      max = "60000")
  int settleTime() default 20;

  @AttributeDefinition(
      description = "How many crashes within crashWindow put a plugin into quarantine",
      min = "1",
      max = "100")
  int crashLimit() default 3;

  @AttributeDefinition(
      description = "Time within which crashes are counted together, in seconds",
      min = "1",
      max = "86400")
  int crashWindow() default 60;
}
