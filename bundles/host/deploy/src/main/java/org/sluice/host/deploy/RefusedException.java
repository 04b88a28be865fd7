// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

/** Carries a {@link Refusal} out of a check. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Refusal refusal;

  RefusedException(Refusal refusal) {
    super(refusal.text());
    this.refusal = refusal;
  }

  RefusedException(Refusal.Kind kind, String reason, String remedy) {
    this(new Refusal(kind, reason, remedy));
  }

  Refusal refusal() {
    return refusal;
  }
}
