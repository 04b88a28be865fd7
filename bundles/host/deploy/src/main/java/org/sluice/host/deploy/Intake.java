// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import org.sluice.host.api.Plugin;

/**
 * Takes in what lies in the folder: decides what a complete file is, and hands a new revision on to
 * be started. Called by the worker only, and never waits.
 */
final class Intake {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  /** A start that takes longer than this does not hold up the next file. */
  private static final Duration YOUNG = Duration.ofMillis(300);

  private final Board board;
  private final Verdicts verdicts;
  private final Lifecycle lifecycle;

  Intake(Board board, Verdicts verdicts, Lifecycle lifecycle) {
    this.board = board;
    this.verdicts = verdicts;
    this.lifecycle = lifecycle;
  }

  /**
   * Whether the next file may be begun: starts come one after the other unless one is slow.
   *
   * @param settled whether everything that was in the folder at first was decided on. Until then a
   *     slow one is waited for, too, if a start may kill the process again: what is being started
   *     beside it would be blamed as well.
   */
  boolean mayBegin(boolean settled) {
    boolean wary = !settled && board.parts().journal().suspects(board.settings().crashLimit());
    return board.slots().stream()
        .noneMatch(s -> s.run != null && (wary || s.run.thread().age().compareTo(YOUNG) < 0));
  }

  /** Decides on a file that is complete. */
  void decide(Slot slot, DropFolder.Sighting sighting) {
    String sha = "";
    try {
      Staged staged = board.parts().staging().stage(sighting.path());
      sha = staged.sha();
      if (!Fingerprint.of(sighting.path()).equals(sighting.print())) {
        return;
      }
      boolean again = slot.again;
      slot.judged = sighting;
      slot.again = false;
      slot.deferred = false;
      consider(slot, staged, again);
    } catch (RefusedException e) {
      verdicts.refuse(slot, sighting, sha, e.refusal());
    } catch (AccessDeniedException e) {
      verdicts.refuse(slot, sighting, sha, unreadable(slot.file, e));
    } catch (IOException e) {
      verdicts.refuse(
          slot,
          sighting,
          sha,
          new Refusal(
              Refusal.Kind.ENVIRONMENT,
              "copying " + slot.file + " into var/deploy: " + e,
              "see to the disk; it is tried again every " + Verdicts.CLOCK.toSeconds() + " s"));
    }
  }

  static Refusal unreadable(String file, IOException e) {
    return new Refusal(
        Refusal.Kind.UNREADABLE,
        file + " cannot be read by the user of this process: " + e,
        "chmod a+r plugins/" + file);
  }

  private void consider(Slot slot, Staged staged, boolean again)
      throws RefusedException, IOException {
    Revision serving = slot.serving;
    if (serving != null && serving.sha().equals(staged.sha())) {
      if (board.settings().requireSigned()) {
        new SignatureCheck(board.settings().trustedKeys()).verify(staged, slot.file);
      }
      verdicts.clear(slot);
      slot.resume();
      return;
    }
    Journal.Quarantined known = board.parts().journal().quarantined(slot.file);
    boolean judged =
        known != null
            && known.sha().equals(staged.sha())
            && known.refusal().kind().retry() == Refusal.Retry.NEVER;
    if (known != null && judged && !again) {
      slot.refusal = known.refusal();
      slot.refusedSha = staged.sha();
      slot.enter(Plugin.State.QUARANTINED, known.refusal().text());
      return;
    }
    survivable(slot.file, staged);
    Jar jar = board.parts().admission().inspect(slot.file, staged, board.settings());
    slot.name = jar.name();
    Slot.Old old = new Predecessor(board).of(slot, jar);
    if (old != null && old.from() != slot && inherit(slot, old.from(), staged, jar)) {
      return;
    }
    Revision fresh = board.parts().admission().install(slot.file, staged, jar, old);
    slot.enter(Plugin.State.STARTING, "");
    lifecycle.begin(slot, fresh, Slot.Purpose.TAKE_IN, old);
  }

  /** A revision that took the process with it too often is not started again. */
  private void survivable(String file, Staged staged) throws RefusedException {
    long deaths = board.parts().journal().deaths(staged.sha());
    if (deaths >= board.settings().crashLimit()) {
      throw new RefusedException(
          Refusal.Kind.CRASHED,
          file + ": the process died " + deaths + " times while starting it",
          "drop a mended jar, or give it another chance: ./sluice host:release " + file);
    }
  }

  /** A file that was only renamed keeps what runs. */
  private boolean inherit(Slot slot, Slot from, Staged staged, Jar jar) {
    Revision serving = from.serving;
    if (serving == null || !serving.sha().equals(staged.sha())) {
      return false;
    }
    slot.serving = new Revision(slot.file, staged, jar, serving.bundle());
    slot.displaced = from.displaced;
    from.serving = null;
    from.displaced = null;
    verdicts.clear(slot);
    board.parts().journal().forget(from.file);
    board.parts().journal().good(slot.serving);
    board.save();
    slot.enter(Plugin.State.ACTIVE, "");
    return true;
  }

  /**
   * Starts the last good revision when the content of the file is not to be had.
   *
   * @param mayBegin whether a start may be begun
   * @return whether it has to be asked again for that
   */
  boolean fallBack(Slot slot, boolean mayBegin) {
    Journal.Good good = board.parts().journal().good(slot.file);
    if (slot.serving != null || slot.run != null || slot.fellBack || good == null) {
      return false;
    }
    if (mayBegin) {
      slot.fellBack = true;
      fallBack(slot, good);
    }
    return !mayBegin;
  }

  private void fallBack(Slot slot, Journal.Good good) {
    if (good.sha().equals(slot.refusedSha)) {
      board.parts().journal().forgetGood(slot.file);
      return;
    }
    try {
      Staged staged = board.parts().staging().kept(good.sha());
      if (staged == null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the last good revision is not kept any more file=" + slot.file);
        board.parts().journal().forgetGood(slot.file);
        return;
      }
      survivable(slot.file, staged);
      Jar jar = board.parts().admission().inspect(slot.file, staged, board.settings());
      Slot.Old old = new Predecessor(board).of(slot, jar);
      Revision fresh = board.parts().admission().install(slot.file, staged, jar, old);
      lifecycle.begin(slot, fresh, Slot.Purpose.FALL_BACK, old);
    } catch (RefusedException | IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the last good revision cannot be taken either: %s file=%s"
              .formatted(e.getMessage(), slot.file));
    }
  }
}
