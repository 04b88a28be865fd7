// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarInspectionTest {
  @TempDir Path folder;

  private Jar inspect(byte[] bytes) throws Exception {
    return new JarInspection("x.jar", 25).inspect(Files.write(folder.resolve("x"), bytes));
  }

  private Refusal refusal(byte[] bytes) {
    Refusal refusal = assertThrows(RefusedException.class, () -> inspect(bytes)).refusal();
    assertTrue(refusal.reason().startsWith("x.jar"), refusal::reason);
    return refusal;
  }

  @Test
  void tellsWhatAJarIs() throws Exception {
    Jar jar =
        inspect(
            Zips.bundle(
                Zips.MANIFEST
                    + "Bundle-Version: 1.2.3.x\nSluice-Swap: in-turn\n"
                    + "Service-Component: OSGI-INF/a.xml,OSGI-INF/b.xml\n",
                Map.of("p/q/A.class", Zips.classFile(69, 0))));
    assertEquals(
        new Jar(
            "sample", "1.2.3.x", true, List.of("OSGI-INF/a.xml", "OSGI-INF/b.xml"), Set.of("p.q")),
        jar);
  }

  @Test
  void classesOfANewerJavaAreRefused() throws Exception {
    byte[] jar = Zips.bundle(Zips.MANIFEST, Map.of("p/A.class", Zips.classFile(70, 0)));
    assertEquals(Refusal.Kind.TOO_NEW, refusal(jar).kind());
  }

  @Test
  void previewFeaturesAreRefused() throws Exception {
    byte[] jar = Zips.bundle(Zips.MANIFEST, Map.of("p/A.class", Zips.classFile(69, 0xffff)));
    assertEquals(Refusal.Kind.TOO_NEW, refusal(jar).kind());
  }

  @Test
  void versionsForANewerJavaAreAllowedInAMultiReleaseJar() throws Exception {
    Map<String, byte[]> newer = Map.of("META-INF/versions/26/p/A.class", Zips.classFile(70, 0));
    inspect(Zips.bundle(Zips.MANIFEST + "Multi-Release: true\n", newer));
    inspect(Zips.bundle(Zips.MANIFEST, newer));
    Map<String, byte[]> used = Map.of("META-INF/versions/21/p/A.class", Zips.classFile(70, 0));
    byte[] bad = Zips.bundle(Zips.MANIFEST + "Multi-Release: true\n", used);
    assertEquals(Refusal.Kind.TOO_NEW, refusal(bad).kind());
  }

  @Test
  void classesInAJarWithinTheJarCountToo() throws Exception {
    byte[] inner = Zips.of(Map.of("p/A.class", Zips.classFile(70, 0)));
    byte[] jar =
        Zips.bundle(Zips.MANIFEST + "Bundle-ClassPath: .,lib/a.jar\n", Map.of("lib/a.jar", inner));
    assertTrue(refusal(jar).reason().contains("lib/a.jar"));
  }

  @Test
  void entriesThatPointOutsideAreRefused() throws Exception {
    assertEquals(
        Refusal.Kind.DAMAGED,
        refusal(Zips.bundle(Zips.MANIFEST, Map.of("../../etc/passwd", new byte[1]))).kind());
  }

  @Test
  void manifestsThatAreNotOfABundleAreRefused() throws Exception {
    for (String manifest :
        List.of(
            "Manifest-Version: 1.0\n",
            "Manifest-Version: 1.0\nBundle-SymbolicName: a\n",
            "Manifest-Version: 1.0\nBundle-SymbolicName: a b\nBundle-ManifestVersion: 2\n",
            Zips.MANIFEST + "Bundle-Version: one\n",
            Zips.MANIFEST + "Fragment-Host: other\n")) {
      assertEquals(
          Refusal.Kind.NOT_A_BUNDLE,
          refusal(Zips.bundle(manifest, Map.of())).kind(),
          () -> manifest);
    }
    assertEquals(Refusal.Kind.NOT_A_BUNDLE, refusal(Zips.of(Map.of("a", new byte[1]))).kind());
  }

  @Test
  void aChangedByteIsSeen() throws Exception {
    byte[] jar = Zips.bundle(Zips.MANIFEST, Map.of("data", new byte[5000]));
    int at = new String(jar, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("data") + 6;
    jar[at] ^= 0x55;
    assertEquals(Refusal.Kind.DAMAGED, refusal(jar).kind());
  }
}
