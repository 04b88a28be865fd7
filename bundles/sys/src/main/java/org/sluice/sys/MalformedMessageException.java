// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;

/** A message from outside whose lengths do not agree with one another. */
public final class MalformedMessageException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    super(message);
  }
}
