// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sluice.host.api.Cause;

class FailureTest {
  private static final String TRACE =
      """
      java.lang.IllegalStateException: outer
      \tat org.apache.felix.scr.Foo.bar(Foo.java:1)
      \tat com.acme.Outer.start(Outer.java:5)
      Caused by: java.io.IOException: cannot open
      the port
      \tat java.base/java.io.File.open(File.java:3)
      \tat com.acme.Inner.open(Inner.java:7)
      \tat com.acme.Outer.start(Outer.java:4)
      \t... 3 more
      """;

  @Test
  void findsTheRootCauseAndTheFirstOwnFrame() {
    Failure failure = Failure.parse(TRACE, name -> name.startsWith("com.acme."));
    assertEquals(
        new Failure("IOException", "cannot open the port", "com.acme.Inner.open(Inner.java:7)"),
        failure);
  }

  @Test
  void readsARealThrowable() {
    Failure failure =
        Failure.of(
            new IllegalArgumentException("no", new NullPointerException("deep")),
            name -> name.equals(FailureTest.class.getName()));
    assertEquals("NullPointerException", failure.type());
    assertEquals("deep", failure.message());
    assertTrue(failure.frame().startsWith(FailureTest.class.getName() + ".readsARealThrowable("));
  }

  @Test
  void tellsWhichCapabilityIsMissing() {
    assertRemedy("socket(AF_PACKET, SOCK_RAW): EPERM", "CAP_NET_RAW");
    assertRemedy("bind 0.0.0.0:80: EACCES", "CAP_NET_BIND_SERVICE");
    assertRemedy("link eth1: set up: EPERM", "CAP_NET_ADMIN");
    assertRemedy("bpf(BPF_MAP_CREATE): EPERM", "CAP_BPF");
    assertRemedy("open /etc/shadow: EACCES", "owner and mode");
  }

  @Test
  void knowsNativeTrouble() {
    Cause missing = new Failure("UnsatisfiedLinkError", "no foo in path", "").cause("x");
    assertTrue(missing.text().contains("native library"), missing.text());
    Cause denied = new Failure("IllegalCallerException", "Illegal native access", "").cause("x");
    assertTrue(denied.remedy().contains("--enable-native-access"), denied.remedy());
  }

  private static void assertRemedy(String message, String part) {
    String remedy = new Failure("IOException", message, "").cause("x").remedy();
    assertTrue(remedy.contains(part), remedy);
  }
}
