// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets a web server know who sent a message and when: the HMAC-SHA256 of the time, a dot and the
 * body, in hexadecimal digits, written as {@code t=SECONDS,v1=DIGITS}.
 */
final class Signature {
  static final String HEADER = "Sluice-Signature";

  private static final String ALGORITHM = "HmacSHA256";

  private Signature() {}

  static String of(byte[] secret, long seconds, String body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      byte[] digest = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
      return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
