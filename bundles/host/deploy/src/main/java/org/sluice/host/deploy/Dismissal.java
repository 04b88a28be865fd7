// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/** Lets revisions go, each on a thread of its own, and tidies up after them. */
final class Dismissal {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");
  private static final System.Logger AUDIT = System.getLogger("org.sluice.host.deploy.audit");

  private final BundleContext context;
  private final FrameworkWiring wiring;
  private final Board board;

  Dismissal(BundleContext context, FrameworkWiring wiring, Board board) {
    this.context = context;
    this.wiring = wiring;
    this.board = board;
  }

  /** The file is gone for good. */
  void gone(Slot slot, Runnable removed) {
    board.parts().journal().forget(slot.file);
    board.parts().quarantine().remove(slot.file);
    board.save();
    Revision serving = slot.serving;
    if (serving == null) {
      removed.run();
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "plugin removed file=" + slot.file + " bundle=" + serving.jar().name());
    AUDIT.log(
        System.Logger.Level.INFO,
        "plugin-removed actor=files subject=\"{0}\" bundle={1}",
        slot.file,
        serving.jar().name());
    board.changed();
    withdraw(slot, serving);
    if (slot.run instanceof Slot.Retiring r) {
      slot.run = new Slot.Retiring(r.thread(), r.retirement(), chain(r.then(), removed));
    }
  }

  private static Runnable chain(Runnable first, Runnable second) {
    return () -> {
      first.run();
      second.run();
    };
  }

  /** Nothing serves any more in this slot; a bundle of the product takes its place again. */
  void withdraw(Slot slot, Revision serving) {
    slot.serving = null;
    board.parts().journal().forgetGood(slot.file);
    board.changed();
    Bundle product = slot.displaced;
    slot.displaced = null;
    retire(
        slot,
        serving.bundle(),
        false,
        Duration.ZERO,
        () -> {
          if (product != null) {
            startProduct(product);
          }
        });
  }

  /**
   * @param keep whether it is only to be stopped
   * @param drain how long it goes on serving first
   */
  void retire(Slot slot, Bundle bundle, boolean keep, Duration drain, Runnable then) {
    if (!keep) {
      board.parts().leaks().watch(bundle);
    }
    Retirement retirement = new Retirement(bundle, wiring, Set.copyOf(board.stuck()), keep, drain);
    Bounded thread =
        new Bounded(
            "retirer",
            drain.plus(board.settings().stopTimeout()),
            retirement,
            () -> board.post(() -> retired(slot, retirement)));
    slot.run = new Slot.Retiring(thread, retirement, then);
    thread.start();
  }

  /** Drops a bundle that belongs to no slot. */
  void discard(Bundle bundle) {
    board.parts().leaks().watch(bundle);
    new Bounded(
            "retirer",
            board.settings().stopTimeout(),
            new Retirement(bundle, wiring, Set.copyOf(board.stuck()), false, Duration.ZERO),
            () -> board.post(() -> board.parts().hook().forget(bundle)))
        .start();
  }

  private void retired(Slot slot, Retirement retirement) {
    board.parts().hook().forget(retirement.bundle());
    board.stuck().remove(retirement.bundle());
    if (slot.run instanceof Slot.Retiring run && run.retirement() == retirement) {
      slot.run = null;
      run.then().run();
      restartDependents(retirement);
      sweep();
    }
  }

  private void restartDependents(Retirement retirement) {
    for (Bundle dependent : retirement.dependents()) {
      boolean plugin = false;
      for (Slot slot : board.slots()) {
        if (slot.serving != null && slot.serving.bundle().equals(dependent)) {
          slot.restart = true;
          plugin = true;
        }
      }
      if (!plugin && !board.parts().admission().ours(dependent)) {
        startProduct(dependent);
      }
    }
  }

  void startProduct(Bundle bundle) {
    new Bounded(
            "starter",
            board.settings().startTimeout(),
            () -> {
              try {
                bundle.start(Bundle.START_TRANSIENT);
              } catch (BundleException | IllegalStateException e) {
                LOG.log(
                    System.Logger.Level.ERROR,
                    "starting " + bundle + " of the product again: " + Failure.summary(e));
              }
            },
            () -> {})
        .start();
  }

  void sweep() {
    Set<String> used = new HashSet<>();
    board.parts().journal().addUsed(used);
    String prefix = board.parts().staging().prefix();
    for (Bundle bundle : context.getBundles()) {
      if (board.parts().admission().ours(bundle)) {
        String name = bundle.getLocation().substring(prefix.length());
        used.add(name.substring(0, name.lastIndexOf('.')));
      }
    }
    try {
      board.parts().staging().sweep(used);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "removing copies that are not used any more: " + e);
    }
  }
}
