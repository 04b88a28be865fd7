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

  /** Reads all of it; bytes that are no text are told with their line. */
  static String read(Path file) throws IOException, SettingsException {
    ByteBuffer from = ByteBuffer.wrap(Files.readAllBytes(file));
    CharBuffer to = CharBuffer.allocate(from.remaining());
    boolean wrong =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(from, to, true)
            .isError();
    String text = to.flip().toString();
    int end = wrong ? text.length() : text.indexOf('\0');
    if (end >= 0) {
      int line = (int) text.substring(0, end).chars().filter(c -> c == '\n').count() + 1;
      throw new SettingsException(file, line, "this is no text in UTF-8: save it as such");
    }
    return text;
  }
}
