// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for the view of the kernel. */
@ObjectClassDefinition(
    name = "Kernel view of the network",
    description = "How links, addresses and routes are read from the kernel.")
@interface KernelConfig {

  @AttributeDefinition(
      name = "Receive buffer",
      description =
          "Room for messages of the kernel that were not read yet. When it is full the kernel drops"
              + " messages and everything is asked for anew. Unit: bytes. Without CAP_NET_ADMIN"
              + " the kernel gives at most twice net.core.rmem_max.",
      min = "2048",
      max = "268435456")
  int receiveBuffer() default 8 * 1024 * 1024;

  @AttributeDefinition(
      name = "Routes",
      description =
          "Which routes are watched: of no table, of the main table, or of every table but the"
              + " local one.",
      options = {
        @Option(label = "none", value = "none"),
        @Option(label = "main", value = "main"),
        @Option(label = "all", value = "all")
      })
  String routes() default "main";

  @AttributeDefinition(
      name = "Most routes",
      description =
          "When there are more routes than this only the default routes are kept, and health says"
              + " so. Unit: routes.",
      min = "100",
      max = "10000000")
  int mostRoutes() default 50_000;
}
