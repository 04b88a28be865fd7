// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/**
 * What can be seen of a file without reading it. Two equal ones mean that nobody wrote in between:
 * the time of the last change, unlike that of the last modification, cannot be set by anybody.
 */
record Fingerprint(long device, long inode, long size, FileTime modified, FileTime changed) {

  /** Of what the path points to, through symbolic links. */
  static Fingerprint of(Path path) throws IOException {
    Map<String, Object> a = Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
    return new Fingerprint(
        number(a.get("dev")),
        number(a.get("ino")),
        number(a.get("size")),
        (FileTime) Objects.requireNonNull(a.get("lastModifiedTime")),
        (FileTime) Objects.requireNonNull(a.get("ctime")));
  }

  private static long number(@org.jspecify.annotations.Nullable Object value) {
    return ((Number) Objects.requireNonNull(value)).longValue();
  }
}
