// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks functions of the kernel up in its description of itself (BTF), by whose numbers programs
 * call them. The numbers are those of the running kernel alone.
 */
public final class KernelTypes {
  private static final Path RUNNING = Path.of("/sys/kernel/btf/vmlinux");
  private static final int MAGIC = 0xeb9f;
  private static final int TYPE = 12;
  private static final int FUNCTION = 12;

  /** Bytes behind a type, by its kind: always, and for each of its members. */
  private static final int[] ALWAYS = {0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0, 0};

  private static final int[] EACH = {
    0, 0, 0, 0, 12, 12, 8, 0, 0, 0, 0, 0, 0, 8, 0, 12, 0, 0, 0, 12
  };

  private KernelTypes() {}

  /**
   * The numbers of functions of the running kernel, by name; those that it does not have are
   * missing.
   *
   * @throws IOException when the kernel was built without BTF, or it cannot be read
   */
  public static Map<String, Integer> functions(String... names) throws IOException {
    return functions(Files.readAllBytes(RUNNING), names);
  }

  /** The same of a file with BTF. */
  public static Map<String, Integer> functions(byte[] btf, String... names) throws IOException {
    try {
      return find(ByteBuffer.wrap(btf).order(ByteOrder.nativeOrder()), names);
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("BTF: it ends too early, or contradicts itself", e);
    }
  }

  private static Map<String, Integer> find(ByteBuffer btf, String... names) throws IOException {
    if (Short.toUnsignedInt(btf.getShort(0)) != MAGIC) {
      throw new IOException("BTF: it does not begin as such");
    }
    int header = btf.getInt(4);
    ByteBuffer types = part(btf, header + btf.getInt(8), btf.getInt(12));
    ByteBuffer texts = part(btf, header + btf.getInt(16), btf.getInt(20));
    byte[][] wanted =
        Arrays.stream(names)
            .map(name -> (name + "\0").getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new);
    Map<String, Integer> found = new HashMap<>();
    for (int number = 1; types.remaining() >= TYPE; number++) {
      int name = types.getInt();
      int info = types.getInt();
      types.getInt();
      int kind = info >>> 24 & 31;
      if (kind == 0 || kind >= EACH.length) {
        throw new IOException("BTF: type " + number + " is of the unknown kind " + kind);
      }
      types.position(types.position() + ALWAYS[kind] + EACH[kind] * (info & 0xffff));
      for (int i = 0; kind == FUNCTION && i < wanted.length; i++) {
        if (is(texts, name, wanted[i])) {
          found.putIfAbsent(names[i], number);
        }
      }
    }
    return found;
  }

  private static ByteBuffer part(ByteBuffer all, int at, int length) {
    return all.slice(at, length).order(ByteOrder.nativeOrder());
  }

  private static boolean is(ByteBuffer texts, int at, byte[] wanted) {
    if (at < 0 || at > texts.limit() - wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (texts.get(at + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
