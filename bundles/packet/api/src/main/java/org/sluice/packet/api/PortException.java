// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A port cannot be had: what was tried, on what, what the kernel said, and what to do. */
public class PortException extends IOException {
  private static final long serialVersionUID = 1L;

  public PortException(String message) {
    super(message);
  }

  public PortException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
