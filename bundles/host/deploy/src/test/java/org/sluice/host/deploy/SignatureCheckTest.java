// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureCheckTest {
  @TempDir Path folder;

  private static KeyPair pair() throws Exception {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  private static String entry(String name, KeyPair pair) {
    return name + ":" + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  private static byte[] sign(KeyPair pair, byte[] content) throws Exception {
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(pair.getPrivate());
    signer.update(content);
    return signer.sign();
  }

  private Staged staged(byte[] content, byte[] signature) throws Exception {
    Path path = Files.write(folder.resolve("x"), content);
    return new Staged("sha", path, new String(signature, StandardCharsets.ISO_8859_1));
  }

  private void refused(String word, List<String> keys, Staged staged) {
    RefusedException e =
        assertThrows(
            RefusedException.class, () -> new SignatureCheck(keys).verify(staged, "x.jar"));
    assertEquals(Refusal.Kind.UNSIGNED, e.refusal().kind());
    assertTrue(e.refusal().text().contains(word), e.refusal()::text);
  }

  @Test
  void takesBothFormsOfKeyAndSignature() throws Exception {
    KeyPair alice = pair();
    byte[] content = {1, 2, 3};
    byte[] raw = sign(alice, content);
    byte[] text = (Base64.getEncoder().encodeToString(raw) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] encoded = alice.getPublic().getEncoded();
    String bare =
        "a:"
            + Base64.getEncoder()
                .encodeToString(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    for (String key : List.of(entry("a", alice), bare)) {
      assertEquals("a", new SignatureCheck(List.of(key)).verify(staged(content, raw), "x.jar"));
      assertEquals("a", new SignatureCheck(List.of(key)).verify(staged(content, text), "x.jar"));
    }
  }

  @Test
  void failsClosed() throws Exception {
    KeyPair alice = pair();
    byte[] content = {1, 2, 3};
    byte[] good = sign(alice, content);
    List<String> keys = List.of(entry("alice", alice));
    refused("no trusted key", List.of(), staged(content, good));
    refused("cannot be read", List.of("alice:????"), staged(content, good));
    refused("no x.jar.sig", keys, staged(content, new byte[0]));
    refused("alice", keys, staged(new byte[] {1, 2, 4}, good));
    refused("alice", keys, staged(content, sign(pair(), content)));
    refused("alice", keys, staged(content, new byte[64]));
    refused("alice", keys, staged(content, "nonsense".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void oneOfSeveralKeysIsEnough() throws Exception {
    KeyPair bob = pair();
    byte[] content = {9};
    List<String> keys = List.of("broken", entry("alice", pair()), entry("bob", bob));
    assertEquals(
        "bob", new SignatureCheck(keys).verify(staged(content, sign(bob, content)), "x.jar"));
  }
}
