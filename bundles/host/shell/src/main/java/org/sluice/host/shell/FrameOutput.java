// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.io.OutputStream;

/** Output of one request as frames of one type, gathered until flushed or large. */
final class FrameOutput extends OutputStream {
  private static final int SIZE = 8 * 1024;

  private final Outlet to;
  private final char type;
  private final byte[] buffer = new byte[SIZE];
  private int used;
  private volatile boolean cut;

  FrameOutput(Outlet to, char type) {
    this.to = to;
    this.type = type;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, SIZE - used);
      System.arraycopy(bytes, from, buffer, used, part);
      used += part;
      from += part;
      left -= part;
      if (used == SIZE) {
        flush();
      }
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    if (used > 0) {
      int length = used;
      used = 0;
      to.put(type, buffer, 0, length, () -> cut);
    }
  }

  /**
   * Nothing gets through any more: a command that ignores its interrupt must not write into the
   * answer of the next. Does not wait for one that is just writing.
   */
  void cut() {
    cut = true;
  }
}
