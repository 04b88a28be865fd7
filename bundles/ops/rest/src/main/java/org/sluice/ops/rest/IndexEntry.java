// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

/**
 * One line of the index.
 *
 * @param path from the root of the server
 * @param kind {@code resource} or {@code stream}
 */
record IndexEntry(String path, String summary, String kind) {
  static IndexEntry of(Offer offer) {
    return new IndexEntry(
        "/api/v1/" + offer.route().path(),
        offer.summary(),
        offer instanceof Offer.OfFeed ? "stream" : "resource");
  }
}
