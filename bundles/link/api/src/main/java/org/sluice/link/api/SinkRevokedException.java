// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/** A source called a {@link LinkSink} that is not its own any more: it should end its thread. */
public final class SinkRevokedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public SinkRevokedException(String source, String reason) {
    super("link source " + source + ": its sink was revoked: " + reason);
  }
}
