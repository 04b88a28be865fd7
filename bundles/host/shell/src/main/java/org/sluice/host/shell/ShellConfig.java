// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code configs/org.sluice.host.shell.cfg.json}. */
@ObjectClassDefinition(
    id = "org.sluice.host.shell",
    name = "Shell",
    description = "Who may talk to the process over its control socket, and how many at once.")
@interface ShellConfig {

  @AttributeDefinition(
      name = "Group",
      description =
          "Members of this system group may connect too, with the read-only role. Empty: only the"
              + " owner of the process and root may connect.",
      required = false)
  String group() default "";

  @AttributeDefinition(
      name = "Connections",
      description =
          "Clients that may be connected at the same time. Readers get at most half of them, so"
              + " that they cannot lock out the owner.",
      min = "2",
      max = "1000")
  int connections() default 64;

  @AttributeDefinition(
      name = "Patience in seconds",
      description =
          "How long a client may leave its answer unread, while there is more to come, before its"
              + " connection is closed.",
      min = "1",
      max = "86400")
  int patience() default 600;
}
