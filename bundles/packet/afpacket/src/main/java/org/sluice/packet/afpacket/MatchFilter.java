// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import static org.sluice.sys.bpf.ClassicAssembler.Width.BYTE;
import static org.sluice.sys.bpf.ClassicAssembler.Width.HALF;
import static org.sluice.sys.bpf.ClassicAssembler.Width.WORD;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.sluice.packet.api.Match;
import org.sluice.sys.bpf.ClassicAssembler;
import org.sluice.sys.bpf.ClassicAssembler.Ancillary;
import org.sluice.sys.bpf.ClassicAssembler.Label;
import org.sluice.sys.bpf.ClassicProgram;

/**
 * Makes the filter of a packet socket out of a {@link Match}.
 *
 * <p>The kernel takes the outer VLAN tag out of a frame before the filter sees it, and tells it
 * beside the frame. A load from behind the end drops the frame, whatever else it might match; so
 * what needs less of a frame is looked at first.
 */
final class MatchFilter {
  private static final int CUSTOMER_TAG = 0x8100;
  private static final int SERVICE_TAG = 0x88a8;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int UDP_HEADER = 8;
  private static final int TCP_HEADER = 20;

  /** Words of the scratch memory. */
  private static final int NETWORK = 0;

  private static final int END = 1;
  private static final int HEADER = 2;
  private static final int PROTOCOL = 3;
  private static final int FRAGMENTED = 4;
  private static final int SIZE = 5;
  private static final int PORT = 6;

  private final ClassicAssembler code = new ClassicAssembler();
  private final Label accept = code.label();
  private final Label reject = code.label();
  private final List<Match.EtherType> types = new ArrayList<>();
  private final List<Match.Transport> protocols = new ArrayList<>();
  private final List<Match.Transport> ports = new ArrayList<>();
  private final List<Match.Destination> addresses = new ArrayList<>();
  private final List<Match.Destination> services = new ArrayList<>();
  private boolean everything;

  private MatchFilter(Match match) {
    sort(match);
  }

  /**
   * The filter for a match.
   *
   * @param queues by which a frame may come; empty for all
   * @throws IllegalArgumentException when it is too long for the kernel
   */
  static ClassicProgram of(Match match, List<Integer> queues) {
    MatchFilter filter = new MatchFilter(match);
    filter.queues(queues);
    filter.frame();
    filter.code.place(filter.accept).give(-1).place(filter.reject).give(0);
    return filter.code.program();
  }

  private void sort(Match match) {
    switch (match) {
      case Match.Everything all -> everything = true;
      case Match.EtherType type -> types.add(type);
      case Match.Transport transport -> (transport.port() == 0 ? protocols : ports).add(transport);
      case Match.Destination destination ->
          (destination.port() == 0 ? addresses : services).add(destination);
      case Match.AnyOf(List<Match> matches) -> matches.forEach(this::sort);
    }
  }

  private void queues(List<Integer> queues) {
    if (queues.isEmpty()) {
      return;
    }
    Label right = code.label();
    code.load(Ancillary.QUEUE);
    for (int queue : queues) {
      equal(queue + 1, right);
      if (queue == 0) {
        // An interface with a single queue does not tell it.
        equal(0, right);
      }
    }
    code.jump(reject).place(right);
  }

  private void frame() {
    if (everything) {
      code.jump(accept);
      return;
    }
    etherType();
    for (Match.EtherType type : types) {
      equal(type.type(), accept);
    }
    if (protocols.isEmpty() && ports.isEmpty() && addresses.isEmpty() && services.isEmpty()) {
      code.jump(reject);
      return;
    }
    Label four = code.label();
    Label six = code.label();
    equal(IPV4, four);
    code.ifEqual(IPV6, six, reject);
    code.place(four);
    ipv4();
    code.place(six);
    ipv6();
  }

  /** Leaves the EtherType behind the tags in the accumulator, where its payload begins in X. */
  private void etherType() {
    Label untagged = code.label();
    Label found = code.label();
    Label inner = code.label();
    Label first = code.label();
    Label second = code.label();
    code.load(Ancillary.VLAN_PRESENT).ifEqual(0, untagged, inner);
    code.place(inner).load(HALF, 12).indexNumber(14);
    tag(first, found);
    code.place(first).load(HALF, 16).indexNumber(18).jump(found);
    code.place(untagged).load(HALF, 12).indexNumber(14);
    Label outer = code.label();
    tag(outer, found);
    code.place(outer).load(HALF, 16).indexNumber(18);
    tag(second, found);
    code.place(second).load(HALF, 20).indexNumber(22);
    code.place(found).storeIndex(NETWORK);
  }

  private void tag(Label yes, Label no) {
    equal(CUSTOMER_TAG, yes);
    code.ifEqual(SERVICE_TAG, yes, no);
  }

  private void ipv4() {
    code.loadIndexed(BYTE, 0).shiftRight(4);
    need(4);
    code.loadIndexed(BYTE, 0).and(0x0f).shiftLeft(2);
    least(20);
    code.store(HEADER).loadIndexed(HALF, 2);
    code.indexScratch(HEADER);
    leastIndex();
    code.indexScratch(NETWORK).addIndex().store(END);
    whole();
    code.indexScratch(NETWORK);
    for (Match.Destination one : addresses) {
      if (one.address() instanceof Inet4Address) {
        code.loadIndexed(WORD, 16);
        equal(word(one, 0), accept);
      }
    }
    code.loadIndexed(BYTE, 9).store(PROTOCOL);
    protocols();
    if (ports.isEmpty() && services.isEmpty()) {
      code.jump(reject);
      return;
    }
    Label complete = code.label();
    code.loadIndexed(HALF, 6).ifAnyBit(0x3fff, reject, complete);
    code.place(complete).loadScratch(HEADER).addIndex().toIndex();
    transport(true);
  }

  private void ipv6() {
    code.loadIndexed(BYTE, 0).shiftRight(4);
    need(6);
    code.loadIndexed(HALF, 4).add(40).addIndex().store(END);
    whole();
    code.indexScratch(NETWORK);
    for (Match.Destination one : addresses) {
      if (!(one.address() instanceof Inet4Address)) {
        Label other = code.label();
        address6(one, other);
        code.jump(accept).place(other);
      }
    }
    code.loadIndexed(BYTE, 6).store(PROTOCOL).loadNumber(0).store(FRAGMENTED);
    code.fromIndex().add(40).toIndex();
    Label chained = code.label();
    for (int i = 0; i < Match.EXTENSIONS; i++) {
      extension(chained);
    }
    code.place(chained).loadScratch(PROTOCOL);
    protocols();
    if (ports.isEmpty() && services.isEmpty()) {
      code.jump(reject);
      return;
    }
    Label complete = code.label();
    code.loadScratch(FRAGMENTED).ifEqual(0, complete, reject).place(complete);
    transport(false);
  }

  /**
   * Steps over one extension header, if there is one at X; goes to {@code done} if there is none.
   */
  private void extension(Label done) {
    Label options = code.label();
    Label authentication = code.label();
    Label fragment = code.label();
    Label step = code.label();
    code.loadScratch(PROTOCOL);
    equal(HOP_BY_HOP, options);
    equal(ROUTING, options);
    equal(DESTINATION_OPTIONS, options);
    equal(AUTHENTICATION, authentication);
    code.ifEqual(FRAGMENT, fragment, done);

    code.place(options);
    room(8);
    code.loadIndexed(BYTE, 1).add(1).shiftLeft(3).store(SIZE).jump(step);

    code.place(authentication);
    room(8);
    code.loadIndexed(BYTE, 1).add(2).shiftLeft(2).store(SIZE).jump(step);

    Label part = code.label();
    Label first = code.label();
    Label later = code.label();
    code.place(fragment);
    room(8);
    code.loadNumber(8).store(SIZE).loadIndexed(HALF, 2).ifAnyBit(0xfff9, part, step);
    code.place(part).loadNumber(1).store(FRAGMENTED);
    code.loadIndexed(HALF, 2).ifAnyBit(0xfff8, later, first);
    // Behind the header of a later fragment stand no headers, but what was cut.
    code.place(later).loadIndexed(BYTE, 0).store(PROTOCOL).jump(done);
    code.place(first).jump(step);

    code.place(step).loadIndexed(BYTE, 0).store(PROTOCOL);
    code.loadScratch(SIZE).addIndex().toIndex().loadScratch(END);
    leastIndex();
  }

  private void protocols() {
    for (Match.Transport one : protocols) {
      equal(one.protocol(), accept);
    }
  }

  /** X is where the header of the transport layer begins. */
  private void transport(boolean four) {
    Label udp = code.label();
    Label tcp = code.label();
    code.loadScratch(PROTOCOL);
    equal(Match.UDP, udp);
    code.ifEqual(Match.TCP, tcp, reject);

    code.place(tcp);
    room(TCP_HEADER);
    code.loadIndexed(HALF, 2);
    ports(Match.TCP);
    code.jump(reject);

    code.place(udp);
    room(UDP_HEADER);
    code.loadIndexed(HALF, 2).store(PORT);
    ports(Match.UDP);
    code.indexScratch(NETWORK);
    for (Match.Destination one : services) {
      if (one.address() instanceof Inet4Address != four) {
        continue;
      }
      Label same = code.label();
      Label other = code.label();
      if (four) {
        code.loadIndexed(WORD, 16).ifEqual(word(one, 0), same, other).place(same);
      } else {
        address6(one, other);
      }
      code.loadScratch(PORT);
      equal(one.port(), accept);
      code.place(other);
    }
    code.jump(reject);
  }

  private void ports(int protocol) {
    for (Match.Transport one : ports) {
      if (one.protocol() == protocol) {
        equal(one.port(), accept);
      }
    }
  }

  private void address6(Match.Destination destination, Label other) {
    for (int i = 0; i < 4; i++) {
      Label same = code.label();
      code.loadIndexed(WORD, 24 + 4 * i).ifEqual(word(destination, i), same, other).place(same);
    }
  }

  private static int word(Match.Destination destination, int index) {
    return ByteBuffer.wrap(destination.address().getAddress()).getInt(4 * index);
  }

  /** The packet must end within the frame. Takes the end from the accumulator, and X. */
  private void whole() {
    code.toIndex().loadLength();
    leastIndex();
  }

  /** From X on there must be this much of the packet. X is never behind its end. */
  private void room(int bytes) {
    code.loadScratch(END).subtractIndex();
    least(bytes);
  }

  private void need(int number) {
    Label right = code.label();
    code.ifEqual(number, right, reject).place(right);
  }

  private void least(int number) {
    Label enough = code.label();
    code.ifAtLeast(number, enough, reject).place(enough);
  }

  private void leastIndex() {
    Label enough = code.label();
    code.ifAtLeastIndex(enough, reject).place(enough);
  }

  private void equal(int number, Label yes) {
    Label no = code.label();
    code.ifEqual(number, yes, no).place(no);
  }
}
