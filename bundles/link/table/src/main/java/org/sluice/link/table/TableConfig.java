// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for the picture of the network. */
@ObjectClassDefinition(
    name = "Picture of the network",
    description = "How much the table of links remembers, and how long it waits for a source.")
@interface TableConfig {

  @AttributeDefinition(
      name = "History",
      description =
          "How many events are remembered, for those who come back and for those who are slow."
              + " Who is further behind is given the whole picture. Unit: events.",
      min = "256",
      max = "1000000")
  int history() default 16_384;

  @AttributeDefinition(
      name = "Withdraw after",
      description =
          "How long the facts of a source stay when its bundle was stopped, so that a bundle that"
              + " is replaced causes no events. Unit: seconds.",
      min = "0",
      max = "3600")
  int withdrawAfter() default 10;
}
