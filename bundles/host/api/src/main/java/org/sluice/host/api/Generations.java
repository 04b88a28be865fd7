// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The configuration folder as the host sees it: a sequence of numbered generations, one of which is
 * in force. Every method may be called from any thread.
 */
@ProviderType
public interface Generations {

  /** The generation in force and what stands against the files as they are now. */
  ConfigStatus status();

  /** All generations still kept, newest first. */
  List<Generation> log();

  /**
   * What changed from one generation to another.
   *
   * @throws java.util.NoSuchElementException when one of them is not kept any more
   */
  List<ConfigChange> diff(long from, long to);

  /**
   * Puts an earlier generation in force again, as a new generation. The files stay as they are; the
   * next save of any of them starts from the files again.
   */
  Generation rollback(long number);

  /**
   * Tries the files again as they are: after a rollback whose reason is gone, or to end a {@link
   * #rollback}.
   */
  ConfigStatus retry();

  /**
   * Checks the files of a folder, or one file together with the others, as if they were saved;
   * changes nothing.
   */
  List<ConfigProblem> check(Path fileOrFolder);
}
