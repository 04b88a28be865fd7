// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for the health checks. */
@ObjectClassDefinition(
    name = "Health",
    description = "How the health checks are run, and from when on the process itself is unwell.")
@interface HealthConfig {

  @AttributeDefinition(
      name = "Patience",
      description =
          "How long a check may take before it is reported as critical for as long as it takes."
              + " Unit: milliseconds.",
      min = "10",
      max = "60000")
  int patience() default 1000;

  @AttributeDefinition(
      name = "Fresh",
      description =
          "How long the answer of a check is given again without asking anew. Unit: milliseconds.",
      min = "0",
      max = "60000")
  int fresh() default 1000;

  @AttributeDefinition(
      name = "Heap",
      description =
          "From which part of the largest heap on, in use after a collection, the process is"
              + " unwell. Unit: percent.",
      min = "10",
      max = "100")
  int heap() default 90;

  @AttributeDefinition(
      name = "Files",
      description =
          "From which part of the file descriptors the process may open on it is unwell."
              + " Unit: percent.",
      min = "10",
      max = "100")
  int files() default 90;

  @AttributeDefinition(
      name = "Disk",
      description =
          "With less room than this for the folder var/ the process is unwell. Unit: MiB.",
      min = "0",
      max = "1048576")
  int disk() default 64;
}
