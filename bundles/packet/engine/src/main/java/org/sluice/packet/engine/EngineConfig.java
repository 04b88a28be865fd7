// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What can be set for the threads that call the handlers of packets. */
@ObjectClassDefinition(
    name = "Packet engine",
    description = "How the threads work that bring packets to handlers.")
@interface EngineConfig {

  @AttributeDefinition(
      name = "Idle",
      description =
          "What a thread does when nothing has arrived: busy looks again at once and uses a whole"
              + " processor, blocking sleeps until the kernel wakes it, adaptive looks for a while"
              + " and then sleeps.",
      options = {
        @Option(label = "look again at once", value = "busy"),
        @Option(label = "look for a while, then sleep", value = "adaptive"),
        @Option(label = "sleep at once", value = "blocking")
      })
  String idle() default "adaptive";

  @AttributeDefinition(
      name = "Spin",
      description = "How long an adaptive thread looks before it sleeps. Unit: microseconds.",
      min = "0",
      max = "1000000")
  int spin() default 50;

  @AttributeDefinition(
      name = "Batch",
      description = "How many frames a handler is given at most. Unit: frames.",
      min = "18",
      max = "1024")
  int batch() default 64;

  @AttributeDefinition(
      name = "Gather",
      description =
          "How long a thread lets packets gather after a batch that was not full. More costs"
              + " latency and saves work. Unit: microseconds.",
      min = "0",
      max = "1000")
  int gather() default 0;

  @AttributeDefinition(
      name = "Processors",
      description =
          "On which processors the threads run, counted from 0, one after another. Without any the"
              + " kernel decides.")
  String[] processors() default {};

  @AttributeDefinition(
      name = "Faults",
      description =
          "How many faults in a minute take a handler out, until it is replaced. Unit: faults.",
      min = "1",
      max = "1000000")
  int faults() default 10;
}
