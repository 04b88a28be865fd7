// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.List;

/** Samples that share a name, a type and a help text. */
record Family(String name, Type type, String help, List<Sample> samples) {

  enum Type {
    GAUGE("gauge"),
    COUNTER("counter"),
    HISTOGRAM("histogram"),
    SUMMARY("summary");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** Names of samples this family may have; no other family may have one of them. */
  List<String> sampleNames() {
    return switch (type) {
      case GAUGE, COUNTER -> List.of(name);
      case HISTOGRAM -> List.of(name, name + "_bucket", name + "_sum", name + "_count");
      case SUMMARY -> List.of(name, name + "_sum", name + "_count");
    };
  }
}
