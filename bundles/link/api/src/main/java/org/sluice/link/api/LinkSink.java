// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.Collection;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where one source tells its facts. It belongs to that source, from {@link LinkSource#attach} on;
 * the source calls it from one thread at a time. When the source goes, or a newer one of the same
 * name has told its picture, the sink is revoked and every call throws {@link
 * SinkRevokedException}.
 *
 * <p>No call waits for a subscriber. A fact that says nothing new is taken without an event.
 */
@ProviderType
public interface LinkSink {

  /**
   * Everything the source knows of these kinds. What it told before and is not among it is removed;
   * what is the same stays without an event. All of it is one step: nobody sees a part of it.
   */
  void present(Set<Fact.Kind> kinds, Collection<? extends Fact> all);

  /** This is so, from now on. */
  void put(Fact fact);

  /**
   * This is there no more. A link that goes takes its addresses and those routes along that have no
   * other link.
   */
  void remove(Fact.Key key);

  /**
   * How the source is. It begins as {@link SourceState.Condition#STARTING} and becomes {@link
   * SourceState.Condition#LIVE} by {@link #present}. In every other condition what it told stays as
   * it was, except that {@link SourceState.Condition#ABSENT} is a picture as well, the empty one:
   * everything the source told is removed, as {@code present} would do it, and in the same step the
   * source is {@code ABSENT}.
   *
   * @param text why, for people
   */
  void condition(SourceState.Condition condition, String text);
}
