// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Whether acts are written down, and for how long they are kept. */
@ObjectClassDefinition(
    name = "Audit",
    description = "Who did what to what, and what came of it, as lines of JSON in var/audit")
public @interface AuditConfig {
  @AttributeDefinition(description = "Whether acts are written down")
  boolean enabled() default true;

  @AttributeDefinition(
      description = "How large audit.jsonl may become before it is put aside, in KiB",
      min = "1",
      max = "1048576")
  int fileSize() default 10_240;

  @AttributeDefinition(
      description = "How many files that were put aside are kept, the latest ones",
      min = "0",
      max = "10000")
  int files() default 10;

  @AttributeDefinition(
      description = "How long files that were put aside are kept, in days",
      min = "1",
      max = "36500")
  int days() default 90;
}
