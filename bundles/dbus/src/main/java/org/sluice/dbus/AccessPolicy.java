// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Says who may do what with an exported object. Called on the thread of the {@link Bus} before
 * every call, those of {@code org.freedesktop.DBus.Properties} included.
 */
@FunctionalInterface
public interface AccessPolicy {

  /**
   * @return a stage that completes when the call may be carried out, or fails with the {@link
   *     ErrorReplyException} for the caller; any other failure denies access too
   */
  CompletionStage<?> check(Invocation call);

  /** Leaves it to the bus and its policy who may call. */
  static AccessPolicy everybody() {
    return _ -> CompletableFuture.completedStage(null);
  }

  /** What a policy answers to whom it turns away. */
  static ErrorReplyException denied(String why) {
    return ErrorReplyException.standard("AccessDenied", why);
  }
}
