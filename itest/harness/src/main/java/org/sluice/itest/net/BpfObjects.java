// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import java.util.TreeSet;

/**
 * The programs and maps of BPF that the kernel has, whoever made them, as {@code bpftool} would
 * list them: nothing else tells of one that nobody has a descriptor of.
 */
public final class BpfObjects {
  /** A kind of object, and how to ask for the next one. */
  private enum Kind {
    PROGRAM(11),
    MAP(12);

    private final int next;

    Kind(int next) {
      this.next = next;
    }
  }

  private static final long ATTRIBUTES = 152;

  /** The number of the call, by architecture. */
  private static final long CALL = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;

  private BpfObjects() {}

  /** Each by its kind and number, such as {@code MAP 7}. */
  @SuppressWarnings("restricted") // the harness must not depend on what it tests
  public static Set<String> all() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MethodHandle call =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("syscall"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG));
      MemorySegment attributes = arena.allocate(ATTRIBUTES, 8);
      for (Kind kind : Kind.values()) {
        attributes.fill((byte) 0);
        while ((long) call.invokeExact(CALL, (long) kind.next, attributes, ATTRIBUTES) >= 0) {
          int id = attributes.get(ValueLayout.JAVA_INT, 4);
          found.add(kind + " " + id);
          attributes.fill((byte) 0).set(ValueLayout.JAVA_INT, 0, id);
        }
      }
      return found;
    } catch (Throwable e) {
      throw new IOException("the objects of BPF: " + e, e);
    }
  }
}
