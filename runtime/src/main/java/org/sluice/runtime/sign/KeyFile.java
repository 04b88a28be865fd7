// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.sign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** Ed25519 keys in the forms that OpenSSL reads and writes, too. */
final class KeyFile {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private KeyFile() {}

  /** Writes a private key for its owner alone; never over another one. */
  static void write(Path file, PrivateKey key) throws IOException {
    String pem =
        BEGIN + "\n" + Base64.getEncoder().encodeToString(key.getEncoded()) + "\n" + END + "\n";
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException(file + " is not a private key: it has no " + BEGIN);
    }
    byte[] encoded =
        Base64.getDecoder()
            .decode(pem.substring(begin + BEGIN.length(), end).replaceAll("\\s", ""));
    return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  /**
   * @param entry as in {@code trustedKeys}: {@code name:base64}; the name may be missing
   */
  static PublicKey parse(String entry) throws GeneralSecurityException {
    byte[] encoded = Base64.getDecoder().decode(entry.substring(entry.indexOf(':') + 1).trim());
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** As it stands in {@code trustedKeys}. */
  static String entry(String name, PublicKey key) {
    return name + ":" + Base64.getEncoder().encodeToString(key.getEncoded());
  }
}
