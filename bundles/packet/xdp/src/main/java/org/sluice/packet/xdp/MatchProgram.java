// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import static org.sluice.sys.bpf.EbpfRegister.R0;
import static org.sluice.sys.bpf.EbpfRegister.R1;
import static org.sluice.sys.bpf.EbpfRegister.R10;
import static org.sluice.sys.bpf.EbpfRegister.R2;
import static org.sluice.sys.bpf.EbpfRegister.R3;
import static org.sluice.sys.bpf.EbpfRegister.R4;
import static org.sluice.sys.bpf.EbpfRegister.R5;
import static org.sluice.sys.bpf.EbpfRegister.R6;
import static org.sluice.sys.bpf.EbpfRegister.R7;
import static org.sluice.sys.bpf.EbpfRegister.R8;
import static org.sluice.sys.bpf.EbpfRegister.R9;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sluice.packet.api.Match;
import org.sluice.packet.rings.ReceiveMetadata;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.EbpfAssembler;
import org.sluice.sys.bpf.EbpfAssembler.Condition;
import org.sluice.sys.bpf.EbpfAssembler.Function;
import org.sluice.sys.bpf.EbpfAssembler.Label;
import org.sluice.sys.bpf.EbpfAssembler.Operation;
import org.sluice.sys.bpf.EbpfAssembler.Width;
import org.sluice.sys.bpf.EbpfCode;
import org.sluice.sys.bpf.EbpfRegister;

/**
 * Writes the program that stands in the way of an interface: what a queue's match takes goes to the
 * socket of the queue, all else on to the kernel, and so does everything for a queue whose socket
 * is gone.
 *
 * <p>It takes no rights but CAP_BPF and CAP_NET_ADMIN. In the program of a process without
 * CAP_PERFMON the kernel lets a place in a packet move only by distances that stand in the program.
 * A header of IPv4 has one of eleven lengths, which all stand there. What is behind extension
 * headers of IPv6 is copied to the stack by the kernel, which takes longer; and only there a packet
 * of several buffers is looked at as one.
 *
 * <p>Registers: R6 the context, R7 where layer 3 begins, R8 the end of the packet, R9 the
 * EtherType, then the protocol behind extension headers. Then R4 is where layer 4 begins, R2 how
 * many bytes of it there should be, and in the end R8 is the port; R0, R1, R3 and R5 are for the
 * moment. What a match means in every corner is told by {@code org.sluice.packet.proto.Matcher},
 * with which this agrees.
 */
final class MatchProgram {
  private static final int PASS = 2;
  private static final int DATA = 0;
  private static final int DATA_END = 4;
  private static final int METADATA = 8;
  private static final int QUEUE = 16;
  private static final int ETHERNET = 14;
  private static final int TAG = 4;
  private static final int TAGS = 2;
  private static final int IP4 = 0x0800;
  private static final int IP6 = 0x86dd;
  private static final int VLAN = 0x8100;
  private static final int SERVICE_VLAN = 0x88a8;
  private static final int IP4_HEADER = 20;
  private static final int IP4_LONGEST = 60;
  private static final int IP6_HEADER = 40;
  private static final int EXTENSION = 8;
  private static final int PORTS = 4;
  private static final int UDP_HEADER = 8;
  private static final int TCP_HEADER = 20;
  private static final int UNKNOWN = 0x100;
  private static final int NO_PORT = 0;

  /** Where on the stack a header is copied to, and where the end of the payload is kept. */
  private static final int COPY = -8;

  private static final int END = -16;
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private final EbpfAssembler out = new EbpfAssembler();
  private final Label pass = out.label();

  private MatchProgram() {}

  /**
   * The program for an interface.
   *
   * @param matches what is taken, by queue
   * @param sockets the sockets, by queue
   */
  static EbpfCode of(Map<Integer, Match> matches, BpfMap sockets) {
    return of(matches, sockets, Optional.empty());
  }

  /**
   * The same.
   *
   * @param hints by which the interface is asked what it knows of a packet that is taken
   */
  static EbpfCode of(Map<Integer, Match> matches, BpfMap sockets, Optional<Hints> hints) {
    return new MatchProgram().write(matches, sockets, hints);
  }

  private EbpfCode write(Map<Integer, Match> matches, BpfMap sockets, Optional<Hints> hints) {
    Label take = out.label();
    out.move(R6, R1);
    Set<Match> different = new LinkedHashSet<>(matches.values());
    for (Match match : different) {
      List<Integer> queues =
          matches.entrySet().stream()
              .filter(entry -> entry.getValue().equals(match))
              .map(Map.Entry::getKey)
              .sorted()
              .toList();
      Label here = out.label();
      Label next = out.label();
      if (different.size() > 1) {
        out.load(Width.WORD, R2, R6, QUEUE);
        queues.forEach(queue -> out.jump(Condition.EQUAL, R2, queue, here));
        out.jump(next);
      }
      out.place(here);
      match(match, take);
      out.jump(pass);
      out.place(next);
    }
    out.jump(pass);
    out.place(take);
    hints.ifPresent(this::metadata);
    out.load(Width.WORD, R2, R6, QUEUE).map(R1, sockets).move(R3, PASS);
    out.call(Function.REDIRECT_MAP).exit();
    out.place(pass);
    out.move(R0, PASS).exit();
    return out.code();
  }

  /**
   * Writes what the interface knows before the packet, as {@link ReceiveMetadata} reads it. It is
   * gathered on the stack, as the place before the packet is there only after the last call.
   */
  private void metadata(Hints hints) {
    Label without = out.label();
    for (int at = -24; at <= -8; at += 8) {
      out.store(Width.LONG, R10, at, 0);
    }
    out.move(R7, 0);
    ask(hints.time(), -8, -8, ReceiveMetadata.TIME);
    ask(hints.hash(), -16, -12, ReceiveMetadata.HASH);
    ask(hints.vlan(), -24, -22, ReceiveMetadata.VLAN);
    out.move(R1, R6).move(R2, -ReceiveMetadata.LENGTH).call(Function.ADJUST_META);
    out.jump(Condition.NOT_EQUAL, R0, 0, without);
    out.load(Width.WORD, R2, R6, METADATA).load(Width.WORD, R3, R6, DATA);
    out.move(R1, R2).compute(Operation.ADD, R1, ReceiveMetadata.LENGTH);
    out.jump(Condition.GREATER, R1, R3, without);
    for (int i = 0; i < 3; i++) {
      out.load(Width.LONG, R4, R10, -8 * (i + 1)).store(Width.LONG, R2, 8 * i, R4);
    }
    out.store(Width.WORD, R2, 24, R7).store(Width.WORD, R2, 28, ReceiveMetadata.MARK);
    out.place(without);
  }

  /** Calls a function with two places on the stack, and notes when it could tell. */
  private void ask(int function, int first, int second, int flag) {
    Label untold = out.label();
    out.move(R1, R6).move(R2, R10).compute(Operation.ADD, R2, first);
    out.move(R3, R10).compute(Operation.ADD, R3, second);
    out.callKernel(function).jump(Condition.NOT_EQUAL, R0, 0, untold);
    out.compute(Operation.OR, R7, flag);
    out.place(untold);
  }

  private void match(Match match, Label take) {
    List<Match> leaves = leaves(match).distinct().toList();
    if (leaves.stream().anyMatch(Match.Everything.class::isInstance)) {
      out.jump(take);
      return;
    }
    ethernet();
    for (Match leaf : leaves) {
      if (leaf instanceof Match.EtherType(int type)) {
        out.jump(Condition.EQUAL, R9, type, take);
      }
    }
    List<Match> deeper =
        leaves.stream().filter(leaf -> !(leaf instanceof Match.EtherType)).toList();
    if (deeper.isEmpty()) {
      return;
    }
    Label four = out.label();
    Label six = out.label();
    out.jump(Condition.EQUAL, R9, IP4, four).jump(Condition.EQUAL, R9, IP6, six).jump(pass);
    out.place(four);
    ip4(deeper);
    deeper.forEach(leaf -> test(leaf, 4, take));
    out.jump(pass);
    out.place(six);
    ip6(deeper);
    deeper.forEach(leaf -> test(leaf, 16, take));
  }

  private static Stream<Match> leaves(Match match) {
    return match instanceof Match.AnyOf(List<Match> matches)
        ? matches.stream().flatMap(MatchProgram::leaves)
        : Stream.of(match);
  }

  /** Sets R7, R8 and R9, and R5 to the length of it all, or passes what is too short. */
  private void ethernet() {
    out.load(Width.WORD, R7, R6, DATA).load(Width.WORD, R8, R6, DATA_END);
    need(R7, ETHERNET, pass);
    out.load(Width.HALF, R9, R7, 12).swap(R9, 16);
    out.compute(Operation.ADD, R7, ETHERNET).move(R5, ETHERNET);
    Label untagged = out.label();
    for (int i = 0; i < TAGS; i++) {
      Label tagged = out.label();
      out.jump(Condition.EQUAL, R9, VLAN, tagged);
      out.jump(Condition.NOT_EQUAL, R9, SERVICE_VLAN, untagged);
      out.place(tagged);
      need(R7, TAG, pass);
      out.load(Width.HALF, R9, R7, 2).swap(R9, 16);
      out.compute(Operation.ADD, R7, TAG).compute(Operation.ADD, R5, TAG);
    }
    out.place(untagged);
  }

  /** Sets R8 and R9, or passes what contradicts itself. */
  private void ip4(List<Match> leaves) {
    Label layer4 = out.label();
    Label unported = out.label();
    Label ported = out.label();
    need(R7, IP4_HEADER, pass);
    out.load(Width.BYTE, R0, R7, 0);
    out.move(R1, R0).compute(Operation.SHIFT_RIGHT, R1, 4);
    out.jump(Condition.NOT_EQUAL, R1, 4, pass);
    out.compute(Operation.AND, R0, 15).jump(Condition.LESS, R0, 5, pass);
    out.compute(Operation.SHIFT_LEFT, R0, 2);
    out.load(Width.HALF, R2, R7, 2).swap(R2, 16);
    out.jump(Condition.LESS, R2, R0, pass);
    out.compute(Operation.SUBTRACT, R2, R0);
    out.move(R4, R7).compute(Operation.ADD, R4, IP4_HEADER);
    for (int length = IP4_HEADER; length < IP4_LONGEST; length += 4) {
      out.jump(Condition.EQUAL, R0, length, layer4).compute(Operation.ADD, R4, 4);
    }
    out.place(layer4);
    out.jump(Condition.GREATER, R4, R8, pass);
    out.load(Width.BYTE, R9, R7, 9);
    out.load(Width.HALF, R0, R7, 6).swap(R0, 16).compute(Operation.AND, R0, 0x3fff);
    out.jump(Condition.NOT_EQUAL, R0, 0, unported);
    port(leaves, false, unported);
    out.jump(ported);
    out.place(unported);
    out.move(R8, NO_PORT);
    out.place(ported);
  }

  /** Sets R8 and R9, or passes what contradicts itself. */
  private void ip6(List<Match> leaves) {
    Label extended = out.label();
    Label unported = out.label();
    Label ported = out.label();
    need(R7, IP6_HEADER, pass);
    out.load(Width.BYTE, R0, R7, 0).compute(Operation.SHIFT_RIGHT, R0, 4);
    out.jump(Condition.NOT_EQUAL, R0, 6, pass);
    out.load(Width.HALF, R2, R7, 4).swap(R2, 16);
    out.load(Width.BYTE, R9, R7, 6);
    extensions(extended);
    out.move(R4, R7).compute(Operation.ADD, R4, IP6_HEADER);
    port(leaves, false, unported);
    out.jump(ported);
    out.place(extended);
    behindExtensions(unported);
    port(leaves, true, unported);
    out.jump(ported);
    out.place(unported);
    out.move(R8, NO_PORT);
    out.place(ported);
  }

  /**
   * Sets R8 to where layer 4 begins, counted from the begin of the frame, R2 to how much there is
   * of it, and R9.
   */
  private void behindExtensions(Label unported) {
    Label known = out.label();
    Label unknown = out.label();
    Label within = out.label();
    out.move(R8, R5).compute(Operation.ADD, R8, IP6_HEADER);
    out.move(R1, R6).call(Function.BUFFER_LENGTH);
    out.load(Width.HALF, R2, R7, 4).swap(R2, 16).compute(Operation.ADD, R2, R8);
    out.jump(Condition.NOT_GREATER, R2, R0, within);
    out.move(R2, R0);
    out.place(within);
    out.store(Width.LONG, R10, END, R2);
    for (int i = 1; i <= Match.EXTENSIONS; i++) {
      Label fragment = out.label();
      Label authentication = out.label();
      Label skip = out.label();
      Label whole = out.label();
      Label another = i < Match.EXTENSIONS ? out.label() : unknown;
      out.move(R1, R8).compute(Operation.ADD, R1, EXTENSION);
      out.jump(Condition.GREATER, R1, R2, unknown);
      copy(EXTENSION, unknown);
      out.load(Width.BYTE, R0, R10, COPY + 1).move(R5, 0);
      out.jump(Condition.EQUAL, R9, 44, fragment).jump(Condition.EQUAL, R9, 51, authentication);
      out.compute(Operation.ADD, R0, 1).compute(Operation.SHIFT_LEFT, R0, 3).jump(skip);
      out.place(authentication);
      out.compute(Operation.ADD, R0, 2).compute(Operation.SHIFT_LEFT, R0, 2).jump(skip);
      out.place(fragment);
      out.load(Width.HALF, R5, R10, COPY + 2).swap(R5, 16).compute(Operation.AND, R5, 0xfff9);
      out.move(R0, EXTENSION);
      out.place(skip);
      out.compute(Operation.ADD, R8, R0).load(Width.LONG, R2, R10, END);
      out.jump(Condition.GREATER, R8, R2, unknown);
      out.load(Width.BYTE, R9, R10, COPY);
      out.jump(Condition.EQUAL, R5, 0, whole);
      // Behind this header of a fragment there may be anything.
      extensions(unknown);
      out.jump(unported);
      out.place(whole);
      extensions(another);
      out.jump(known);
      out.place(another);
    }
    out.move(R9, UNKNOWN).jump(unported);
    out.place(known);
    out.compute(Operation.SUBTRACT, R2, R8);
  }

  /** Jumps when R9 is the number of an extension header. */
  private void extensions(Label to) {
    for (int number : List.of(0, 43, 44, 51, 60)) {
      out.jump(Condition.EQUAL, R9, number, to);
    }
  }

  /**
   * Sets R8 to the port, if the match asks for one.
   *
   * @param copied whether R8 tells where layer 4 begins, not R4
   */
  private void port(List<Match> leaves, boolean copied, Label unported) {
    Label there = out.label();
    for (int protocol : List.of(Match.UDP, Match.TCP)) {
      if (leaves.stream().anyMatch(leaf -> asksForPort(leaf, protocol))) {
        Label other = out.label();
        int header = protocol == Match.TCP ? TCP_HEADER : UDP_HEADER;
        out.jump(Condition.NOT_EQUAL, R9, protocol, other);
        out.jump(Condition.LESS, R2, header, unported);
        if (!copied) {
          need(R4, header, unported);
        }
        out.jump(there);
        out.place(other);
      }
    }
    out.jump(unported);
    out.place(there);
    if (copied) {
      copy(PORTS, unported);
      out.load(Width.HALF, R8, R10, COPY + 2);
    } else {
      out.load(Width.HALF, R8, R4, 2);
    }
    out.swap(R8, 16);
  }

  private static boolean asksForPort(Match leaf, int protocol) {
    return switch (leaf) {
      case Match.Transport(int of, int port) -> of == protocol && port != 0;
      case Match.Destination(var _, int port) -> protocol == Match.UDP && port != 0;
      default -> false;
    };
  }

  private void test(Match leaf, int addressLength, Label take) {
    Label no = out.label();
    switch (leaf) {
      case Match.Transport(int protocol, int port) -> {
        out.jump(Condition.NOT_EQUAL, R9, protocol, no);
        if (port != 0) {
          out.jump(Condition.NOT_EQUAL, R8, port, no);
        }
        out.jump(take);
      }
      case Match.Destination(var address, int port) -> {
        byte[] bytes = address.getAddress();
        if (bytes.length == addressLength) {
          address(bytes, no);
          if (port != 0) {
            out.jump(Condition.NOT_EQUAL, R9, Match.UDP, no);
            out.jump(Condition.NOT_EQUAL, R8, port, no);
          }
          out.jump(take);
        }
      }
      default -> {}
    }
    out.place(no);
  }

  private void address(byte[] address, Label no) {
    int at = address.length == 4 ? 16 : 24;
    ByteBuffer words =
        ByteBuffer.wrap(address).order(LITTLE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    for (int i = 0; i < address.length; i += 4) {
      out.load(Width.WORD, R0, R7, at + i);
      out.moveLong(R1, Integer.toUnsignedLong(words.getInt()));
      out.jump(Condition.NOT_EQUAL, R0, R1, no);
    }
  }

  /** Jumps unless this many bytes are there. */
  private void need(EbpfRegister at, int bytes, Label otherwise) {
    out.move(R1, at).compute(Operation.ADD, R1, bytes);
    out.jump(Condition.GREATER, R1, R8, otherwise);
  }

  /** Copies as many bytes from R8 on to the stack, or jumps when they are not there. */
  private void copy(int bytes, Label otherwise) {
    out.move(R1, R6).move(R2, R8).move(R3, R10).compute(Operation.ADD, R3, COPY).move(R4, bytes);
    out.call(Function.LOAD_BYTES).jump(Condition.NOT_EQUAL, R0, 0, otherwise);
  }
}
