// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.nio.file.Path;

/**
 * A program in a folder of hooks.
 *
 * @param name as it is configured and reported: relative to the folder of its tree, or absolute for
 *     hooks of other products
 */
record HookFile(Tree tree, Path path, String name) {

  static HookFile of(Tree tree, Path path) {
    String name =
        tree.style() == Style.SLUICE ? tree.folder().relativize(path).toString() : path.toString();
    return new HookFile(tree, path, Printable.of(name));
  }
}
