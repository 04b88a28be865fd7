// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Which frames a port takes; what does not match stays with the kernel, so that the host keeps its
 * ARP, SSH and ping.
 *
 * <p>Up to two VLAN tags (802.1Q, 802.1ad) are looked through. Of IPv6, up to {@link #EXTENSIONS}
 * extension headers are. A port of the transport layer is told only by the first fragment, so a
 * fragment never matches {@link Transport} with a port; the kernel puts it together and keeps it.
 * What is cut off, or contradicts itself, matches nothing but {@link Everything} and {@link
 * EtherType}.
 *
 * <p>As text: {@code everything}, {@code udp}, {@code udp port 53}, {@code tcp port 80}, {@code
 * icmp}, {@code icmp6}, {@code arp}, {@code ethertype 0x88b5}, {@code group 239.1.2.3}, {@code
 * group ff02::1 port 5004}, {@code to 192.0.2.7}, and several with {@code or} between them.
 */
public sealed interface Match {
  /** The most extension headers of IPv6 that are looked through. */
  int EXTENSIONS = 4;

  /** Every frame. The host hears nothing on the interface any more. */
  record Everything() implements Match {
    @Override
    public String toString() {
      return "everything";
    }
  }

  /**
   * Frames of one EtherType, behind VLAN tags.
   *
   * @param type such as 0x0806
   */
  record EtherType(int type) implements Match {
    public EtherType {
      if (type < 0x600 || type > 0xffff) {
        throw new IllegalArgumentException(
            "an EtherType is from 0x0600 to 0xffff, not 0x%04x".formatted(type));
      }
    }

    @Override
    public String toString() {
      return type == 0x0806 ? "arp" : "ethertype 0x%04x".formatted(type);
    }
  }

  /**
   * IP packets of one protocol, of both families.
   *
   * @param protocol 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6
   * @param port of the destination; 0 for all, the only choice for protocols without ports
   */
  record Transport(int protocol, int port) implements Match {
    public Transport {
      if (protocol < 0 || protocol > 255) {
        throw new IllegalArgumentException("an IP protocol is from 0 to 255, not " + protocol);
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is from 1 to 65535, not " + port);
      }
      if (port != 0 && protocol != TCP && protocol != UDP) {
        throw new IllegalArgumentException("IP protocol " + protocol + " has no ports");
      }
    }

    @Override
    public String toString() {
      String name =
          switch (protocol) {
            case TCP -> "tcp";
            case UDP -> "udp";
            case ICMP -> "icmp";
            case ICMP6 -> "icmp6";
            default -> "proto " + protocol;
          };
      return port == 0 ? name : name + " port " + port;
    }
  }

  /**
   * IP packets to one address, of this host or of a group.
   *
   * @param port of UDP; 0 for all packets to the address, of whatever protocol
   */
  record Destination(InetAddress address, int port) implements Match {
    public Destination {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is from 1 to 65535, not " + port);
      }
    }

    @Override
    public String toString() {
      return (address.isMulticastAddress() ? "group " : "to ")
          + address.getHostAddress()
          + (port == 0 ? "" : " port " + port);
    }
  }

  /** Frames that match one or more of these. */
  record AnyOf(List<Match> matches) implements Match {
    public AnyOf {
      matches = List.copyOf(matches);
      if (matches.size() < 2) {
        throw new IllegalArgumentException("an alternative needs two sides");
      }
    }

    @Override
    public String toString() {
      StringJoiner text = new StringJoiner(" or ");
      matches.forEach(match -> text.add(match.toString()));
      return text.toString();
    }
  }

  int ICMP = 1;
  int TCP = 6;
  int UDP = 17;
  int ICMP6 = 58;

  static Match everything() {
    return new Everything();
  }

  static Match arp() {
    return new EtherType(0x0806);
  }

  static Match udp(int port) {
    return new Transport(UDP, port);
  }

  static Match tcp(int port) {
    return new Transport(TCP, port);
  }

  static Match group(InetAddress group, int port) {
    return new Destination(group, port);
  }

  /** Frames that match this one or the other. */
  default Match or(Match other) {
    List<Match> all = new ArrayList<>();
    for (Match side : List.of(this, other)) {
      if (side instanceof AnyOf(List<Match> matches)) {
        all.addAll(matches);
      } else {
        all.add(side);
      }
    }
    return new AnyOf(all);
  }

  /**
   * Reads a match as people write it.
   *
   * @throws IllegalArgumentException with a message that names the word and what could stand there
   */
  static Match parse(String text) {
    Words words = new Words(text.strip());
    Match match = one(words);
    while (words.take("or")) {
      match = match.or(one(words));
    }
    words.end();
    return match;
  }

  private static Match one(Words words) {
    String kind = words.next("a match");
    return switch (kind) {
      case "everything" -> everything();
      case "arp" -> arp();
      case "icmp" -> new Transport(ICMP, 0);
      case "icmp6" -> new Transport(ICMP6, 0);
      case "udp" -> new Transport(UDP, words.port());
      case "tcp" -> new Transport(TCP, words.port());
      case "proto" -> new Transport(words.number("a protocol from 0 to 255"), 0);
      case "ethertype" -> new EtherType(words.number("a type such as 0x88b5"));
      case "to" -> new Destination(words.address(), words.port());
      case "group" -> {
        InetAddress group = words.address();
        if (!group.isMulticastAddress()) {
          throw words.wrong(
              group.getHostAddress() + " is no multicast address; for others write 'to'");
        }
        yield new Destination(group, words.port());
      }
      default ->
          throw words.wrong(
              "'%s' is no match; those are everything, udp, tcp, icmp, icmp6, arp, proto, ethertype, to, group"
                  .formatted(kind));
    };
  }

  /** The words of a text, one after another. */
  final class Words {
    private final String text;
    private final String[] words;
    private int at;

    private Words(String text) {
      this.text = text;
      words = text.isEmpty() ? new String[0] : text.toLowerCase(Locale.ROOT).split("\\s+");
    }

    private boolean take(String word) {
      if (at < words.length && words[at].equals(word)) {
        at++;
        return true;
      }
      return false;
    }

    private String next(String what) {
      if (at == words.length) {
        throw wrong("it ends where " + what + " is expected");
      }
      return words[at++];
    }

    private int port() {
      if (!take("port")) {
        return 0;
      }
      int port = number("a port from 1 to 65535");
      if (port < 1 || port > 65_535) {
        throw wrong(port + " is no port; those are 1 to 65535");
      }
      return port;
    }

    private int number(String what) {
      String word = next(what);
      try {
        return Integer.decode(word);
      } catch (NumberFormatException e) {
        throw wrong("'" + word + "' stands where " + what + " is expected");
      }
    }

    private InetAddress address() {
      String word = next("an address");
      try {
        return InetAddress.ofLiteral(word);
      } catch (IllegalArgumentException e) {
        throw wrong("'" + word + "' is no IP address");
      }
    }

    private void end() {
      if (at < words.length) {
        throw wrong("'" + words[at] + "' stands where 'or' or the end is expected");
      }
    }

    private IllegalArgumentException wrong(String why) {
      return new IllegalArgumentException("match '" + text + "': " + why);
    }
  }
}
