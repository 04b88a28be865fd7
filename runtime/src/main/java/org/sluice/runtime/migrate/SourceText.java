// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file as text. */
final class SourceText {
  private SourceText() {}

  /** Reads all of it; bytes that are no UTF-8 are told with their line. */
  static String read(Path file) throws IOException, SettingsException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer from = ByteBuffer.wrap(bytes);
    CharBuffer to = CharBuffer.allocate(bytes.length);
    boolean wrong =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(from, to, true)
            .isError();
    if (wrong) {
      int line = 1;
      for (int i = 0; i < from.position(); i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      throw new SettingsException(file, line, "this is no text in UTF-8: save it as such");
    }
    return to.flip().toString();
  }
}
