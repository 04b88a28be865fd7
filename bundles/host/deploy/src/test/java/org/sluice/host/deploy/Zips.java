// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes zip files for tests. */
final class Zips {
  static final String MANIFEST =
      "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: sample;x=y\n";

  private Zips() {}

  static byte[] of(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return out.toByteArray();
  }

  static byte[] bundle(String manifest, Map<String, byte[]> entries) throws IOException {
    var all = new java.util.LinkedHashMap<String, byte[]>();
    all.put("META-INF/MANIFEST.MF", manifest.getBytes(StandardCharsets.UTF_8));
    all.putAll(entries);
    return of(all);
  }

  /** The head of a class file. */
  static byte[] classFile(int major, int minor) {
    return new byte[] {
      (byte) 0xCA, (byte) 0xFE, (byte) 0xBA, (byte) 0xBE,
      (byte) (minor >> 8), (byte) minor, (byte) (major >> 8), (byte) major
    };
  }
}
