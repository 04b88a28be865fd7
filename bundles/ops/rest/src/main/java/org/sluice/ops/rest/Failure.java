// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.concurrent.ThreadLocalRandom;

/** A request that failed because of a bundle: told to the log in full, to the client by number. */
final class Failure {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");

  private Failure() {}

  static Problem log(Offer offer, Throwable why) {
    String id = "%08x".formatted(ThreadLocalRandom.current().nextInt());
    LOG.log(
        System.Logger.Level.ERROR,
        "a request failed id=%s path=%s bundle=%s"
            .formatted(id, offer.route().path(), offer.owner()),
        why);
    return Problem.of(
            500,
            "the bundle %s failed; the log has the reason beside id=%s"
                .formatted(offer.owner(), id))
        .logged(id);
  }
}
