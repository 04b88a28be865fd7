// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;

/** A table that programs in the kernel and this process share. Owns its descriptor. */
public final class BpfMap implements AutoCloseable {

  /** What a map holds. */
  public enum Kind {
    /** Sockets of AF_XDP, by index. */
    SOCKETS(17);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  private static final int LONGEST_NAME = 15;

  private final String subject;
  private final int descriptor;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BpfMap(String subject, int descriptor) {
    this.subject = subject;
    this.descriptor = descriptor;
  }

  /**
   * Makes a map with keys of four bytes.
   *
   * @param name for people who list maps; letters, digits and underscores, at most 15
   * @param valueSize in bytes
   */
  public static BpfMap create(String name, Kind kind, int valueSize, int entries)
      throws SysException {
    String subject = "bpf map " + name;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_INT, 0, kind.number);
      attributes.set(JAVA_INT, 4, 4);
      attributes.set(JAVA_INT, 8, valueSize);
      attributes.set(JAVA_INT, 12, entries);
      name(attributes, 28, name);
      return new BpfMap(
          subject, Bpf.must(arena, subject, "BPF_MAP_CREATE", Bpf.MAP_CREATE, attributes));
    }
  }

  /** Opens a map that was pinned to a file of a bpf file system. */
  public static BpfMap open(Path pinned) throws SysException {
    String subject = "bpf map " + pinned;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_LONG, 0, arena.allocateFrom(pinned.toString()).address());
      return new BpfMap(subject, Bpf.must(arena, subject, "BPF_OBJ_GET", Bpf.OBJ_GET, attributes));
    }
  }

  static void name(MemorySegment attributes, long at, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(bytes, 0, attributes, JAVA_BYTE, at, Math.min(bytes.length, LONGEST_NAME));
  }

  /** Makes the map reachable by name, until that file is removed, beyond the end of the process. */
  public void pin(Path file) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_LONG, 0, arena.allocateFrom(file.toString()).address());
      attributes.set(JAVA_INT, 8, descriptor());
      Bpf.must(arena, subject + ", file " + file, "BPF_OBJ_PIN", Bpf.OBJ_PIN, attributes);
    }
  }

  /** The number under which the kernel knows it, however many files and descriptors there are. */
  public int id() throws SysException {
    return Bpf.id(subject, descriptor());
  }

  /** Sets the value of a key to a number of four bytes, such as a descriptor. */
  public void put(int key, int value) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = element(arena, key);
      MemorySegment number = arena.allocateFrom(JAVA_INT, value);
      attributes.set(JAVA_LONG, 16, number.address());
      Bpf.must(arena, subject + ", key " + key, "BPF_MAP_UPDATE_ELEM", Bpf.MAP_UPDATE, attributes);
    }
  }

  /** Takes the value of a key away; nothing happens when there is none. */
  public void remove(int key) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      int result = Bpf.call(arena, Bpf.MAP_DELETE, element(arena, key));
      if (result < 0 && result != -Errno.ENOENT.number()) {
        throw new SysException(subject + ", key " + key, "BPF_MAP_DELETE_ELEM", -result);
      }
    }
  }

  private MemorySegment element(Arena arena, int key) {
    MemorySegment attributes = Bpf.attributes(arena);
    attributes.set(JAVA_INT, 0, descriptor());
    attributes.set(JAVA_LONG, 8, arena.allocateFrom(JAVA_INT, key).address());
    return attributes;
  }

  int descriptor() {
    if (closed.get()) {
      throw new IllegalStateException(subject + " is closed");
    }
    return descriptor;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Bpf.close(descriptor);
    }
  }
}
