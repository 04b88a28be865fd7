// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Set;

/**
 * Why a jar is not taken.
 *
 * @param reason what was tried, on what, and what went wrong; names the file
 * @param remedy what a person can do
 * @param awaits what would make another try worthwhile: service interfaces, configuration PIDs, or
 *     the file that is in the way, as the kind has it
 */
record Refusal(Kind kind, String reason, String remedy, Set<String> awaits) {

  Refusal(Kind kind, String reason, String remedy) {
    this(kind, reason, remedy, Set.of());
  }

  /** What may change so that the same content is worth another try. */
  enum Retry {
    /** Nothing but other content, or a person's word. */
    NEVER,
    /** Another plugin came, went or changed. */
    PLUGINS,
    /** An awaited service or configuration came, or another plugin changed. */
    SERVICES,
    /** The configuration of deployment, or the signature file. */
    SETTINGS,
    /** The folder, the disk: anything outside; tried again by the clock. */
    TIME
  }

  /** What is wrong, in one word. */
  enum Kind {
    UNREADABLE(Retry.TIME),
    TRUNCATED(Retry.NEVER),
    DAMAGED(Retry.NEVER),
    NOT_A_BUNDLE(Retry.NEVER),
    TOO_NEW(Retry.NEVER),
    NAME_TAKEN(Retry.PLUGINS),
    REPLACES_PRODUCT(Retry.SETTINGS),
    UNTRUSTED(Retry.TIME),
    UNSIGNED(Retry.SETTINGS),
    UNRESOLVED(Retry.PLUGINS),
    UNSATISFIED(Retry.SERVICES),
    UNCONFIGURED(Retry.SERVICES),
    START_FAILED(Retry.NEVER),
    BLOCKED(Retry.NEVER),
    UNHEALTHY(Retry.NEVER),
    CRASHED(Retry.NEVER),
    ENVIRONMENT(Retry.TIME);

    private final Retry retry;

    Kind(Retry retry) {
      this.retry = retry;
    }

    Retry retry() {
      return retry;
    }
  }

  Refusal because(String more) {
    return new Refusal(kind, reason + more, remedy, awaits);
  }

  /** In one line. */
  String text() {
    return remedy.isEmpty() ? reason : reason + " — " + remedy;
  }
}
