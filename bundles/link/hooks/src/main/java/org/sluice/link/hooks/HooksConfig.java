// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for all hooks. */
@ObjectClassDefinition(
    name = "Hooks",
    description =
        "Which folders hold hooks, and how hooks run unless something else is said of one.")
@interface HooksConfig {

  @AttributeDefinition(
      name = "Folder",
      description =
          "The folder with EVENT.d folders of hooks. Relative to the home of the instance, or"
              + " absolute.")
  String directory() default "hooks.d";

  @AttributeDefinition(
      name = "Compatible folders",
      description =
          "Folders of other products whose scripts run too, each as STYLE=FOLDER. STYLE is"
              + " networkd-dispatcher, networkmanager or network-broker.")
  String[] compat() default {};

  @AttributeDefinition(
      name = "Links",
      description =
          "Absolute folders, beside those of hooks, that symbolic links in them may lead to.")
  String[] links() default {};

  @AttributeDefinition(
      name = "User",
      description =
          "The user as whom hooks run, by name or number. Empty: the user of the process.")
  String user() default "";

  @AttributeDefinition(
      name = "Timeout",
      description =
          "How long a hook may take. Then it is ended, with its whole process group."
              + " Unit: seconds.",
      min = "1",
      max = "86400")
  int timeout() default 30;

  @AttributeDefinition(
      name = "Rate",
      description =
          "How often one event of one interface may run hooks: so many at once, and so many a"
              + " minute. Of what comes more often the last is told when it may. 0 limits nothing."
              + " Unit: per minute.",
      min = "0",
      max = "60000")
  int rate() default 10;

  @AttributeDefinition(
      name = "Parallel",
      description =
          "How many interfaces may have hooks running at the same time. Hooks of one interface"
              + " run one after another. Unit: interfaces.",
      min = "1",
      max = "64")
  int parallel() default 4;

  @AttributeDefinition(
      name = "Output limit",
      description = "How much of what a hook writes is kept. Unit: bytes.",
      min = "0",
      max = "1048576")
  int outputLimit() default 16_384;

  @AttributeDefinition(
      name = "Keep",
      description = "How many runs are remembered for hooks:log. Unit: runs.",
      min = "1",
      max = "10000")
  int keep() default 200;

  @AttributeDefinition(
      name = "Initial",
      description =
          "Whether hooks are told what is so already when Sluice starts, with SLUICE_INITIAL=1.")
  boolean initial() default true;
}
