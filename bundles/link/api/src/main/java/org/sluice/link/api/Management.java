// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.List;

/**
 * What a manager of the network says of a link it looks after, or of the host as a whole.
 *
 * @param link index of the link; 0 for the host as a whole
 * @param manager name of the source
 * @param stage how far it is, in words that are the same for every manager
 * @param setup how far it is, in the manager's own word: {@code configured}, {@code activated}
 * @param operational what the manager thinks can be done with the link, in its own word: {@code
 *     routable}; empty when it has no such word
 * @param ipv4 what it thinks IPv4 can do
 * @param ipv6 what it thinks IPv6 can do
 * @param profile by what it is configured: a file, the name of a connection; empty when unknown
 * @param nameServers to be asked by way of this link
 * @param domains to be searched or asked for by way of this link
 */
public record Management(
    int link,
    String manager,
    Stage stage,
    String setup,
    String operational,
    Reach ipv4,
    Reach ipv6,
    String profile,
    List<IpAddress> nameServers,
    List<String> domains)
    implements Fact {

  public Management {
    nameServers = List.copyOf(nameServers);
    domains = List.copyOf(domains);
  }

  /** How far a manager is with a link. */
  public enum Stage {
    /** It leaves the link alone. */
    UNMANAGED,
    /** It has not begun, or waits for a carrier. */
    WAITING,
    CONFIGURING,
    CONFIGURED,
    FAILED,
    /** It is taking its configuration back. */
    LEAVING
  }

  /** How far packets of a family get, as the manager sees it. */
  public enum Reach {
    UNKNOWN,
    /** There is no address. */
    OFF,
    /** As far as the link goes. */
    LINK,
    /** Beyond the link. */
    ROUTABLE
  }

  /** The identity: a link may have several managers, each with a view of its own. */
  public record Key(int link, String manager) implements Fact.Key {
    @Override
    public Kind kind() {
      return Kind.MANAGEMENT;
    }
  }

  @Override
  public Key key() {
    return new Key(link, manager);
  }

  @Override
  public Kind kind() {
    return Kind.MANAGEMENT;
  }
}
