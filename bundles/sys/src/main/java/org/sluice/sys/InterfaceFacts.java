// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.util.Optional;

/**
 * What the kernel says of an interface.
 *
 * @param index in its network
 * @param mtu the longest packet, without the header of layer 2
 * @param up whether the administrator has it up
 * @param running whether it has a carrier
 * @param mac the hardware address, its first byte in bits 47 to 40; -1 when there is none of six
 *     bytes
 * @param receiveQueues how many are in use; at most how many there can be, when the driver does not
 *     tell
 * @param xdp the program of XDP that is attached
 */
public record InterfaceFacts(
    String name,
    int index,
    int mtu,
    boolean up,
    boolean running,
    long mac,
    int receiveQueues,
    int sendQueues,
    Optional<Xdp> xdp) {

  /**
   * A program that is attached.
   *
   * @param mode {@code native}, {@code generic}, {@code offloaded}, {@code several}
   * @param id under which the kernel knows the program; 0 for several
   */
  public record Xdp(String mode, int id) {}
}
