// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Detached Ed25519 signatures over the exact bytes of a jar. Whatever cannot be verified counts as
 * not signed: a key that cannot be read is no key, and without keys nothing is signed.
 */
final class SignatureCheck {

  /** What stands before the 32 bytes of an Ed25519 key in its X.509 form. */
  private static final byte[] X509_HEAD = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  private static final int LENGTH = 64;

  private final List<Key> keys = new ArrayList<>();
  private final List<String> unusable = new ArrayList<>();

  private record Key(String name, PublicKey key) {}

  /**
   * @param trusted each as {@code name:base64}
   */
  SignatureCheck(List<String> trusted) {
    for (String entry : trusted) {
      int colon = entry.indexOf(':');
      String name = colon < 0 ? entry : entry.substring(0, colon).trim();
      try {
        byte[] bytes = Base64.getDecoder().decode(entry.substring(colon + 1).trim());
        keys.add(new Key(name, key(bytes)));
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        unusable.add("trusted key " + name + " cannot be read: " + e.getMessage());
      }
    }
  }

  private static PublicKey key(byte[] bytes) throws GeneralSecurityException {
    byte[] encoded = bytes;
    if (bytes.length == 32) {
      encoded = new byte[X509_HEAD.length + bytes.length];
      System.arraycopy(X509_HEAD, 0, encoded, 0, X509_HEAD.length);
      System.arraycopy(bytes, 0, encoded, X509_HEAD.length, bytes.length);
    }
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  /** Keys of the configuration that cannot be used, in words. */
  List<String> unusable() {
    return unusable;
  }

  /**
   * Verifies the private copy.
   *
   * @param file name of the dropped file, for messages
   * @return name of the key that signed it
   */
  String verify(Staged staged, String file) throws RefusedException, IOException {
    if (keys.isEmpty()) {
      String why = unusable.isEmpty() ? "" : " (" + String.join("; ", unusable) + ")";
      throw unsigned(
          file + " cannot be verified: requireSigned is on and there is no trusted key" + why,
          "add the line printed by 'sluice sign keygen' to trustedKeys in"
              + " configs/org.sluice.host.deploy.cfg.json");
    }
    if (staged.signature().isEmpty()) {
      throw unsigned(
          file + " is not signed: there is no " + file + DropFolder.SIGNATURE + " beside it",
          "sign it: ./sluice sign sign --key KEYFILE plugins/" + file);
    }
    byte[] signature = decode(staged.signature());
    byte[] content = Files.readAllBytes(staged.path());
    for (Key key : keys) {
      if (verifies(key.key(), content, signature)) {
        return key.name();
      }
    }
    List<String> names = keys.stream().map(Key::name).toList();
    throw unsigned(
        "%s%s is not a signature of %s by a trusted key (%s): the jar was changed after signing, or"
                .formatted(file, DropFolder.SIGNATURE, file, String.join(", ", names))
            + " somebody else signed it",
        "sign it again, or add the signer's key to trustedKeys");
  }

  private static boolean verifies(PublicKey key, byte[] content, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(content);
      return signature.length == LENGTH && verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      // A malformed signature is as good as none.
      return false;
    }
  }

  /** Either the 64 bytes as OpenSSL writes them, or their base64 as our tool does. */
  private static byte[] decode(String file) {
    if (file.length() == LENGTH) {
      return file.getBytes(StandardCharsets.ISO_8859_1);
    }
    try {
      return Base64.getDecoder().decode(file.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static RefusedException unsigned(String reason, String remedy) {
    return new RefusedException(Refusal.Kind.UNSIGNED, reason, remedy);
  }
}
