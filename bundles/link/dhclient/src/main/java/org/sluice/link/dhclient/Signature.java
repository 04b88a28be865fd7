// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** By what a file is known to be as it was when it was read. */
record Signature(Instant written, long size, @Nullable Object key) {

  /** Null when it is no file. What is no file is never opened: reading a pipe would wait. */
  static @Nullable Signature of(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    return is.isRegularFile()
        ? new Signature(is.lastModifiedTime().toInstant(), is.size(), is.fileKey())
        : null;
  }
}
