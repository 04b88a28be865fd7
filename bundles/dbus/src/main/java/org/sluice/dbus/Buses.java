// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Gives access to message buses. A service of this bundle.
 *
 * <p>There is one connection for each address; who opens the same bus shares it. It is made when
 * the first user comes and ended when the last one closes his {@link Bus}.
 */
@ProviderType
public interface Buses {

  /**
   * The system bus; see {@link BusAddress#system}. Returns at once, whether there is a bus or not.
   *
   * @param user names the thread of this user, {@code dbus/<user>}; usually his bundle
   */
  Bus open(String user);

  /** The bus at this address. */
  Bus open(String user, BusAddress address);

  /** How often methods were called, by all users together. */
  List<CallCount> calls();

  /**
   * @param calls how often it was called
   * @param failures how many of these failed, with an error of the one called or without an answer
   */
  record CallCount(String interfaceName, String member, long calls, long failures) {}
}
