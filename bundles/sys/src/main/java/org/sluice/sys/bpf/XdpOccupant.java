// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.sys.Arrival;
import org.sluice.sys.Errno;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetlinkAck;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkSocket;
import org.sluice.sys.SysException;

/**
 * The program of XDP that is attached to an interface, and what keeps it there: a link, which is a
 * descriptor of some process or a pinned file, or nothing but the interface, as {@code ip link}
 * attaches.
 *
 * @param interfaceName for messages
 * @param index of the interface
 * @param mode {@code native}, {@code generic}
 * @param program its number
 * @param name of the program; empty when it cannot be known
 * @param links the numbers of the links that keep it
 * @param known whether links could be asked for, which takes CAP_SYS_ADMIN
 */
public record XdpOccupant(
    String interfaceName,
    int index,
    String mode,
    int program,
    String name,
    List<Integer> links,
    boolean known) {
  private static final int LINK_XDP = 6;
  private static final int LINK_INFO = 64;
  private static final int LINK_TYPE = 0;
  private static final int LINK_PROGRAM = 8;
  private static final int LINK_INTERFACE = 16;
  private static final int RTM_SETLINK = 19;
  private static final int IFLA_XDP = 43;
  private static final int XDP_FD = 1;
  private static final int XDP_FLAGS = 3;
  private static final int XDP_EXPECTED_FD = 8;
  private static final int GENERIC = 1 << 1;
  private static final int NATIVE = 1 << 2;
  private static final int REPLACE = 1 << 4;
  private static final int ROOM = 64 * 1024;
  private static final int PATIENCE_MILLIS = 10_000;

  public XdpOccupant {
    links = List.copyOf(links);
  }

  /** What is attached according to the facts; empty when nothing is. */
  public static Optional<XdpOccupant> of(InterfaceFacts facts) {
    return facts.xdp().map(xdp -> of(facts, xdp));
  }

  private static XdpOccupant of(InterfaceFacts facts, InterfaceFacts.Xdp xdp) {
    try (Arena arena = Arena.ofConfined()) {
      List<Integer> links = new ArrayList<>();
      boolean known = links(arena, facts.index(), xdp.id(), links);
      return new XdpOccupant(
          facts.name(),
          facts.index(),
          xdp.mode(),
          xdp.id(),
          BpfProgram.name(arena, xdp.id()),
          links,
          known);
    }
  }

  /** Whether all links could be looked through. */
  private static boolean links(Arena arena, int index, int program, List<Integer> found) {
    MemorySegment attributes = Bpf.attributes(arena);
    MemorySegment info = arena.allocate(LINK_INFO, 8);
    for (int id = 0; ; ) {
      attributes.fill((byte) 0).set(JAVA_INT, 0, id);
      int result = Bpf.call(arena, Bpf.LINK_NEXT, attributes);
      if (result < 0) {
        return result == -Errno.ENOENT.number();
      }
      id = attributes.get(JAVA_INT, 4);
      int descriptor = Bpf.byId(arena, Bpf.LINK_BY_ID, id);
      if (descriptor < 0) {
        if (descriptor == -Errno.ENOENT.number()) {
          continue; // it went meanwhile
        }
        return false;
      }
      try {
        if (Bpf.info(arena, descriptor, info.fill((byte) 0)) >= 0
            && info.get(JAVA_INT, LINK_TYPE) == LINK_XDP
            && info.get(JAVA_INT, LINK_PROGRAM) == program
            && info.get(JAVA_INT, LINK_INTERFACE) == index) {
          found.add(id);
        }
      } finally {
        Bpf.close(descriptor);
      }
    }
  }

  /** In words: {@code native, program 17 "firewall", kept by link 4}. */
  public String text() {
    String called = name.isEmpty() ? "" : " \"" + name + "\"";
    String kept =
        !links.isEmpty()
            ? "kept by link " + links.getFirst()
            : known ? "kept by no link, as 'ip link' attaches" : "kept by what only root is told";
    return "%s, program %d%s, %s".formatted(mode, program, called, kept);
  }

  /**
   * Takes exactly this program away from the interface, which must be in the calling thread's
   * network.
   *
   * @throws SysException EPERM when it takes CAP_SYS_ADMIN, to get at a link or at the program;
   *     EEXIST when another program is there by now; EINVAL when it is one of several, or more than
   *     one link may be the one
   */
  public void detach() throws SysException {
    String subject = "XDP program on " + interfaceName + " (" + text() + ")";
    if (program == 0 || links.size() > 1) {
      throw new SysException(
          subject,
          "detach",
          Errno.EINVAL.number(),
          program == 0 ? "several programs are attached" : "links " + links + " may be the one");
    }
    try (Arena arena = Arena.ofConfined()) {
      if (links.isEmpty()) {
        detachByNetlink(arena, subject);
      } else {
        int link = must(subject, "BPF_LINK_GET_FD_BY_ID", links.getFirst(), arena, Bpf.LINK_BY_ID);
        try {
          MemorySegment attributes = Bpf.attributes(arena);
          attributes.set(JAVA_INT, 0, link);
          Bpf.must(arena, subject, "BPF_LINK_DETACH", Bpf.LINK_DETACH, attributes);
        } finally {
          Bpf.close(link);
        }
      }
    }
  }

  private static int must(String subject, String name, int id, Arena arena, int command)
      throws SysException {
    int descriptor = Bpf.byId(arena, command, id);
    if (descriptor < 0) {
      throw new SysException(subject, name, -descriptor);
    }
    return descriptor;
  }

  private void detachByNetlink(Arena arena, String subject) throws SysException {
    // Only with a descriptor of it does the kernel make sure that it is still this program.
    int expected = must(subject, "BPF_PROG_GET_FD_BY_ID", program, arena, Bpf.PROG_BY_ID);
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, ROOM)) {
      NetlinkBuilder request =
          new NetlinkBuilder()
              .begin(RTM_SETLINK, NetlinkBuilder.REQUEST | NetlinkBuilder.ACK, 1)
              .u8(0)
              .u8(0)
              .u16(0)
              .u32(index)
              .u32(0)
              .u32(0)
              .beginNested(IFLA_XDP)
              .attributeU32(XDP_FD, -1)
              .attributeU32(XDP_FLAGS, REPLACE | (mode.equals("generic") ? GENERIC : NATIVE))
              .attributeU32(XDP_EXPECTED_FD, expected)
              .endNested()
              .end();
      socket.send(request);
      answer(socket, subject);
    } finally {
      Bpf.close(expected);
    }
  }

  private static void answer(NetlinkSocket socket, String subject) throws SysException {
    try {
      while (true) {
        Arrival arrival = socket.receive(PATIENCE_MILLIS);
        if (arrival != Arrival.MESSAGES) {
          throw new SysException(
              subject, "RTM_SETLINK", Errno.ETIMEDOUT.number(), "no answer: " + arrival);
        }
        NetlinkMessage message = socket.messages();
        while (message.next()) {
          if (message.type() == NetlinkMessage.ERROR) {
            NetlinkAck ack = NetlinkAck.of(message);
            if (!ack.done()) {
              throw new SysException(subject, "RTM_SETLINK", ack.errno(), ack.text());
            }
            return;
          }
        }
      }
    } catch (SysException e) {
      throw e;
    } catch (IOException e) {
      throw new SysException(subject, "RTM_SETLINK", Errno.EBADMSG.number(), e.toString());
    }
  }
}
