// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

/** Reads what the kernel tells about a packet beside its bytes. */
public final class PacketStatus {
  private static final int CHECKSUM_NOT_READY = 1 << 3;
  private static final int TAG_VALID = 1 << 4;
  private static final int TAG_TYPE_VALID = 1 << 6;
  private static final int CHECKSUM_VALID = 1 << 7;

  private PacketStatus() {}

  /** Whether a VLAN tag was taken out of the packet. */
  public static boolean tagged(int status) {
    return (status & TAG_VALID) != 0;
  }

  /** Whether the EtherType of that tag is told; it is 0x8100 otherwise. */
  static boolean typed(int status) {
    return (status & TAG_TYPE_VALID) != 0;
  }

  /** Whether the checksum of the transport layer is not finished. */
  public static boolean checksumPartial(int status) {
    return (status & CHECKSUM_NOT_READY) != 0;
  }

  /** Whether the kernel, or the interface, has found the checksum right. */
  public static boolean checksumGood(int status) {
    return (status & CHECKSUM_VALID) != 0;
  }
}
