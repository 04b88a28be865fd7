// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.io.IOException;
import java.util.Map;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.KernelTypes;

/**
 * The functions of the kernel by which a program asks an interface what it knows of a packet.
 *
 * @param time its number
 * @param hash its number
 * @param vlan its number
 */
record Hints(int time, int hash, int vlan) {
  private static final String TIME = "bpf_xdp_metadata_rx_timestamp";
  private static final String HASH = "bpf_xdp_metadata_rx_hash";
  private static final String VLAN = "bpf_xdp_metadata_rx_vlan_tag";

  /**
   * Those of the running kernel.
   *
   * @throws SysException when it has them not, or does not describe itself
   */
  static Hints ofKernel() throws SysException {
    Map<String, Integer> found;
    try {
      found = KernelTypes.functions(TIME, HASH, VLAN);
    } catch (IOException e) {
      throw new SysException(
          "/sys/kernel/btf/vmlinux", "read", Errno.ENOSYS.number(), e.toString());
    }
    Integer time = found.get(TIME);
    Integer hash = found.get(HASH);
    Integer vlan = found.get(VLAN);
    if (time == null || hash == null || vlan == null) {
      throw new SysException(
          "metadata of packets",
          "look-up in /sys/kernel/btf/vmlinux",
          Errno.ENOSYS.number(),
          "the kernel has only " + found.keySet() + "; it takes Linux 6.8");
    }
    return new Hints(time, hash, vlan);
  }
}
