// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.nio.file.Path;

/**
 * The private copy of a jar. Everything that is verified, installed and run is this copy.
 *
 * @param sha digest of its bytes, and its name
 * @param signature the signature file that lay beside the jar, a character a byte; empty when there
 *     was none
 */
record Staged(String sha, Path path, String signature) {

  /** Where the framework loads it from. Also how a revision of ours is told from other bundles. */
  String location() {
    return "reference:" + path.toUri();
  }
}
