// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Something asked of a {@link Bus} that lasts until it is closed, across reconnects. From any
 * thread; closing twice does nothing. A call back that has begun when it is closed may still be
 * running; none begins afterwards.
 */
@ProviderType
public interface Registration extends AutoCloseable {
  @Override
  void close();
}
