// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

/** What a source gave is no metric; the message tells what is wrong with which. */
final class BadMetricException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String what;

  BadMetricException(String what) {
    super(what);
    this.what = what;
  }

  String what() {
    return what;
  }
}
