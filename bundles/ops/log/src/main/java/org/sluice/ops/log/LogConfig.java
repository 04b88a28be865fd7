// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for the log. */
@ObjectClassDefinition(name = "Log", description = "What is logged, and how it is written.")
@interface LogConfig {

  @AttributeDefinition(
      name = "Format",
      description = "How a record is written: key=value, or JSON. One line a record in both.",
      options = {@Option("logfmt"), @Option("json")})
  String format() default "logfmt";

  @AttributeDefinition(
      name = "Level",
      description = "The least severe records that are logged.",
      options = {
        @Option("error"),
        @Option("warn"),
        @Option("info"),
        @Option("debug"),
        @Option("trace")
      })
  String level() default "info";

  @AttributeDefinition(
      name = "Levels",
      description =
          "Other levels for some sources, each as NAME=LEVEL; a name stands for all that begin"
              + " with it and a dot.")
  String[] levels() default {};

  @AttributeDefinition(
      name = "Burst",
      description =
          "How many records of one kind (same source, same text apart from its values) are"
              + " written at once before they are limited; 0 limits nothing. Unit: records.",
      min = "0",
      max = "100000")
  int burst() default 20;

  @AttributeDefinition(
      name = "Per second",
      description = "How many records of one kind are written in a long row. Unit: records/second.",
      min = "1",
      max = "100000")
  int perSecond() default 2;

  @AttributeDefinition(
      name = "Keep",
      description = "How many records are kept in memory for host:log. Unit: records.",
      min = "10",
      max = "100000")
  int keep() default 500;
}
