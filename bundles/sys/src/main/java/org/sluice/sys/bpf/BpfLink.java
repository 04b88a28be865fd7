// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sluice.sys.SysException;

/**
 * A program attached to an interface, for as long as this is open. Owns its descriptor: when the
 * process ends, in whatever way, the kernel detaches the program.
 */
public final class BpfLink implements AutoCloseable {
  private static final int ATTACH_XDP = 37;

  /** Where in the way of a packet a program of XDP runs. */
  public enum Mode {
    /** In the kernel, after it has made a packet of its own: with every driver. */
    GENERIC("generic", 1 << 1),
    /** In the driver of the interface, before the kernel sees the packet. */
    NATIVE("native", 1 << 2);

    private final String text;
    private final int flag;

    Mode(String text, int flag) {
      this.text = text;
      this.flag = flag;
    }

    public String text() {
      return text;
    }
  }

  private final String subject;
  private final int descriptor;
  private final AtomicBoolean closed = new AtomicBoolean();

  private BpfLink(String subject, int descriptor) {
    this.subject = subject;
    this.descriptor = descriptor;
  }

  /**
   * Attaches a program of XDP.
   *
   * @param link the name of the interface, for messages
   * @param index of the interface in the calling thread's network
   * @throws SysException EBUSY or EEXIST when another program is attached; EOPNOTSUPP when the
   *     driver of the interface does not know the mode
   */
  public static BpfLink attach(BpfProgram program, String link, int index, Mode mode)
      throws SysException {
    String subject = "XDP program on " + link + ", " + mode.text();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_INT, 0, program.descriptor());
      attributes.set(JAVA_INT, 4, index);
      attributes.set(JAVA_INT, 8, ATTACH_XDP);
      attributes.set(JAVA_INT, 12, mode.flag);
      return new BpfLink(
          subject, Bpf.must(arena, subject, "BPF_LINK_CREATE", Bpf.LINK_CREATE, attributes));
    }
  }

  /** Puts another program in the place of the attached one, between two packets. */
  public void replace(BpfProgram program) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = Bpf.attributes(arena);
      attributes.set(JAVA_INT, 0, descriptor());
      attributes.set(JAVA_INT, 4, program.descriptor());
      Bpf.must(arena, subject, "BPF_LINK_UPDATE", Bpf.LINK_UPDATE, attributes);
    }
  }

  private int descriptor() {
    if (closed.get()) {
      throw new IllegalStateException(subject + " is closed");
    }
    return descriptor;
  }

  /** Detaches the program. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Bpf.close(descriptor);
    }
  }
}
