// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.Match;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.EbpfCode;

final class MatchProgramTest {
  @Test
  void everyKindIsVerified() throws Exception {
    try (BpfMap sockets = BpfMap.create("test", BpfMap.Kind.SOCKETS, 4, 4)) {
      for (String text :
          new String[] {
            "everything",
            "arp",
            "udp port 9000",
            "tcp",
            "icmp or icmp6",
            "group ff02::1 port 5004",
            "to 192.0.2.7 or arp or tcp port 80 or udp port 53 or group 239.1.2.3"
          }) {
        EbpfCode code = MatchProgram.of(Map.of(0, Match.parse(text)), sockets);
        try (BpfProgram program = BpfProgram.load("test", code, false)) {
          System.err.println(text + ": " + code.length() + " instructions, id " + program.id());
        } catch (org.sluice.sys.bpf.BpfException e) {
          System.err.println(e.log());
          throw e;
        }
      }
    }
  }
}
