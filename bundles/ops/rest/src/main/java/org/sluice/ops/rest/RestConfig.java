// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What can be set for HTTP. */
@ObjectClassDefinition(
    name = "HTTP",
    description = "Who may ask over HTTP, and how much a client of a stream may lag.")
@interface RestConfig {

  @AttributeDefinition(
      name = "Allowed hosts",
      description =
          "Host names under which a browser may reach this process, beside localhost and the"
              + " address it listens on. Without port.")
  String[] allowedHosts() default {};

  @AttributeDefinition(
      name = "Most streams",
      description = "How many clients may read streams of events at once. Unit: clients.",
      min = "1",
      max = "10000")
  int mostStreams() default 64;

  @AttributeDefinition(
      name = "Lag",
      description =
          "How many events a client of a stream may be behind before it is cut off; it can come"
              + " back and resume. Unit: events.",
      min = "16",
      max = "1000000")
  int lag() default 4096;

  @AttributeDefinition(
      name = "Heartbeat",
      description = "How often a stream without events says that it is alive. Unit: seconds.",
      min = "1",
      max = "25")
  int heartbeat() default 15;

  @AttributeDefinition(
      name = "Most requests",
      description = "How many requests for one resource may be under way at once. Unit: requests.",
      min = "1",
      max = "1000")
  int mostRequests() default 8;
}
