// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/** Finds what a new revision takes the place of, by its symbolic name, and whether it may. */
final class Predecessor {
  private final Board board;

  Predecessor(Board board) {
    this.board = board;
  }

  Slot.@Nullable Old of(Slot slot, Jar jar) throws RefusedException {
    Slot other = bearer(slot, jar.name());
    if (other != null && (!other.missing() || other.run != null || inherited(other))) {
      throw new RefusedException(
          new Refusal(
              Refusal.Kind.NAME_TAKEN,
              "%s has the symbolic name %s, which %s has already"
                  .formatted(slot.file, jar.name(), other.file),
              "remove one of the two files",
              Set.of(other.file)));
    }
    Bundle product = board.parts().admission().product(jar.name());
    if (product != null && product.equals(board.parts().admission().self())) {
      throw new RefusedException(
          Refusal.Kind.REPLACES_PRODUCT,
          "%s has the symbolic name %s, which is what deploys plugins: it cannot replace itself"
              .formatted(slot.file, jar.name()),
          "give it another name");
    }
    if (product != null && !board.settings().allowReplace().contains(jar.name())) {
      throw new RefusedException(
          Refusal.Kind.REPLACES_PRODUCT,
          "%s has the symbolic name %s, which is a bundle of the product"
              .formatted(slot.file, jar.name()),
          "give it another name; to replace the product's own, add the name to allowReplace in"
              + " configs/org.sluice.host.deploy.cfg.json");
    }
    if (slot.serving != null) {
      return new Slot.Old(slot.serving.bundle(), false, slot);
    }
    if (other != null && other.serving != null) {
      return new Slot.Old(other.serving.bundle(), false, other);
    }
    return product == null ? null : new Slot.Old(product, true, slot);
  }

  /** The slot of another file that has, or is about to have, a bundle of this name. */
  private @Nullable Slot bearer(Slot slot, String name) {
    for (Slot other : board.slots()) {
      if (other != slot && name.equals(name(other))) {
        return other;
      }
    }
    return null;
  }

  /** Two may not take over from the same one. */
  private boolean inherited(Slot slot) {
    return board.slots().stream().anyMatch(s -> s.replaces(slot));
  }

  private @Nullable String name(Slot other) {
    if (other.serving != null) {
      return other.serving.jar().name();
    }
    if (other.run instanceof Slot.Attempting run) {
      return run.attempt().fresh().jar().name();
    }
    // After a start the order of the files must not decide who was there first.
    Journal.Good good = board.parts().journal().good(other.file);
    return good != null && other.judged == null && !other.missing() ? good.name() : null;
  }
}
