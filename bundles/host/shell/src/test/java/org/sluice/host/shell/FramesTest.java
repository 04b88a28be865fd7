// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FramesTest {

  private static Frames frames(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return new Frames(Channels.newChannel(new ByteArrayInputStream(all)));
  }

  @Test
  void readsWhatEncodeWrites() throws Exception {
    byte[] text = "link:show ünicode".getBytes(StandardCharsets.UTF_8);
    byte[] wire = Frames.encode('L', text, 0, text.length).array();
    Frames frames = new Frames(Channels.newChannel(new OneByteAtATime(wire)));
    assertEquals(new Frames.Frame('L', "link:show ünicode"), frames.next().orElseThrow());
    assertTrue(frames.next().isEmpty());
  }

  @Test
  void refusesALengthBeforeItReservesMemory() {
    for (int first : new int[] {0x7f, 0xff, 0x80}) {
      assertThrows(
          Frames.ProtocolException.class, () -> frames('A', first, 0xff, 0xff, 0xff).next());
    }
  }

  @Test
  void refusesAnUnknownType() {
    assertThrows(Frames.ProtocolException.class, () -> frames('G', 'E', 'T', ' ', '/').next());
  }

  @Test
  void refusesATextThatIsNotUtf8() {
    assertThrows(Frames.ProtocolException.class, () -> frames('A', 0, 0, 0, 2, 0xc3, 0x28).next());
  }

  @Test
  void tellsAnEndWithinAFrameFromOneBetween() {
    assertThrows(EOFException.class, () -> frames('A', 0, 0).next());
    assertThrows(EOFException.class, () -> frames('A', 0, 0, 0, 5, 'x').next());
  }

  /** As a slow client would send it. */
  private static final class OneByteAtATime extends InputStream {
    private final byte[] bytes;
    private int at;

    OneByteAtATime(byte[] bytes) {
      this.bytes = Arrays.copyOf(bytes, bytes.length);
    }

    @Override
    public int read() {
      return at < bytes.length ? bytes[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      if (at == bytes.length) {
        return -1;
      }
      to[offset] = bytes[at++];
      return 1;
    }
  }
}
