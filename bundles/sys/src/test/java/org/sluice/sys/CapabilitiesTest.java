// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapabilitiesTest {
  @TempDir Path folder;

  private Capabilities read(String effective) throws IOException {
    return Capabilities.of(
        Files.writeString(
            folder.resolve("status"),
            """
            Name:	java
            Uid:	1001	1000	1001	1001
            CapInh:	0000000000000000
            CapEff:	%s
            CapBnd:	000001ffffffffff
            CapAmb:	0000000000001000
            NoNewPrivs:	1
            """
                .formatted(effective)));
  }

  @Test
  void names() throws Exception {
    Capabilities own = read("0000000000003000");
    assertEquals(Set.of(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW), own.effective());
    assertEquals(Set.of(Capability.CAP_NET_ADMIN), own.ambient());
    assertEquals(EnumSet.allOf(Capability.class), own.bounding());
    assertEquals(1000, own.user());
    assertTrue(own.noNewPrivileges());
  }

  @Test
  void bitsOfTheFutureAreNoError() throws Exception {
    assertEquals(EnumSet.allOf(Capability.class), read("ffffffffffffffff").effective());
  }

  @Test
  void whatIsMissingAndHowToGrantIt() throws Exception {
    Capabilities own = read("0000000000000000");
    Set<Capability> missing = own.missing(Set.of(Capability.CAP_NET_ADMIN, Capability.CAP_BPF));
    assertEquals(Set.of(Capability.CAP_NET_ADMIN, Capability.CAP_BPF), missing);
    String remedy = Capabilities.remedy(missing);
    assertTrue(remedy.contains("AmbientCapabilities=CAP_NET_ADMIN CAP_BPF"), remedy);
    assertTrue(remedy.contains("+net_admin,+bpf"), remedy);
    assertEquals("", Capabilities.remedy(Set.of()));
  }

  @Test
  void aFileThatIsNoStatus() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "nothing: here\n");
    IOException e = assertThrows(IOException.class, () -> Capabilities.of(other));
    assertTrue(e.toString().contains("is not the status of a thread"), e::toString);
  }

  @Test
  void ownThread() throws Exception {
    Capabilities own = Capabilities.current();
    assertEquals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"), own.user());
    assertFalse(own.bounding().size() < own.effective().size());
  }
}
