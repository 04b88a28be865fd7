// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sluice.sys.SysException;

/** A program of the kind XDP that the kernel has verified. Owns its descriptor. */
public final class BpfProgram implements AutoCloseable {
  private static final int XDP = 6;
  private static final int ATTACH_XDP = 37;
  private static final int HAS_FRAGMENTS = 1 << 5;
  private static final int DEVICE_BOUND = 1 << 6;
  private static final int ANY = 0;
  private static final int LOG = 256 * 1024;
  private static final long NAME = 64;
  private static final long NAME_LENGTH = 16;

  private final String subject;
  private final int descriptor;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BpfProgram(String subject, int descriptor) {
    this.subject = subject;
    this.descriptor = descriptor;
  }

  /**
   * What a program said to a packet.
   *
   * @param verdict 0 aborted, 1 drop, 2 pass, 3 send back, 4 redirect
   */
  public record Run(int verdict) {}

  /**
   * Has the kernel verify and keep a program.
   *
   * @param name for people who list programs; at most 15 letters, digits and underscores
   * @param fragments whether it understands packets of several buffers
   * @throws BpfException what the verifier said, with the listing
   */
  public static BpfProgram load(String name, EbpfCode code, boolean fragments) throws SysException {
    return load(name, code, fragments, ANY);
  }

  /**
   * The same for one interface alone, which the program may ask what it knows of a packet.
   *
   * @param index of the interface, in the calling thread's network
   */
  public static BpfProgram loadFor(int index, String name, EbpfCode code, boolean fragments)
      throws SysException {
    return load(name, code, fragments, index);
  }

  private static BpfProgram load(String name, EbpfCode code, boolean fragments, int index)
      throws SysException {
    String subject = "bpf program " + name;
    try (Arena arena = Arena.ofConfined()) {
      long[] words = code.instructions();
      MemorySegment attributes = Bpf.attributes(arena);
      MemorySegment log = arena.allocate(LOG);
      attributes.set(JAVA_INT, 0, XDP);
      attributes.set(JAVA_INT, 4, words.length);
      attributes.set(JAVA_LONG, 8, arena.allocateFrom(JAVA_LONG, words).address());
      attributes.set(JAVA_LONG, 16, arena.allocateFrom("GPL").address());
      attributes.set(
          JAVA_INT, 44, (fragments ? HAS_FRAGMENTS : 0) | (index == ANY ? 0 : DEVICE_BOUND));
      attributes.set(JAVA_INT, 64, index);
      BpfMap.name(attributes, 48, name);
      attributes.set(JAVA_INT, 68, ATTACH_XDP);
      int loaded = Bpf.call(arena, Bpf.PROG_LOAD, attributes);
      if (loaded < 0) {
        // Once more, to be told why: a log costs time, so it is not asked for when all is well.
        attributes.set(JAVA_INT, 24, 1);
        attributes.set(JAVA_INT, 28, LOG);
        attributes.set(JAVA_LONG, 32, log.address());
        int again = Bpf.call(arena, Bpf.PROG_LOAD, attributes);
        if (again < 0) {
          throw new BpfException(subject, -again, log.getString(0), code.listing());
        }
        loaded = again;
      }
      return new BpfProgram(subject, loaded);
    }
  }

  /** The number under which the kernel knows it, as {@code ip link} and {@code bpftool} show it. */
  public int id() throws SysException {
    return Bpf.id(subject, descriptor());
  }

  /** The name of a program; empty when it has none, is gone, or may not be asked for. */
  static String name(Arena arena, int id) {
    int descriptor = Bpf.byId(arena, Bpf.PROG_BY_ID, id);
    if (descriptor < 0) {
      return "";
    }
    try {
      MemorySegment info = arena.allocate(Bpf.INFO, 8);
      return Bpf.info(arena, descriptor, info) < 0
          ? ""
          : info.asSlice(NAME, NAME_LENGTH).getString(0);
    } finally {
      Bpf.close(descriptor);
    }
  }

  /** Runs the program once on a packet of at least 14 bytes, without any interface. */
  public Run run(byte[] packet) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_INT, 0, descriptor());
      attributes.set(JAVA_INT, 8, packet.length);
      attributes.set(JAVA_LONG, 16, arena.allocateFrom(JAVA_BYTE, packet).address());
      attributes.set(JAVA_INT, 32, 1);
      Bpf.must(arena, subject, "BPF_PROG_TEST_RUN", Bpf.PROG_TEST_RUN, attributes);
      return new Run(attributes.get(JAVA_INT, 4));
    }
  }

  int descriptor() {
    if (closed.get()) {
      throw new IllegalStateException(subject + " is closed");
    }
    return descriptor;
  }

  /** The kernel keeps the program as long as it is attached. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Bpf.close(descriptor);
    }
  }
}
