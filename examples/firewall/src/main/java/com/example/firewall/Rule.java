package com.example.firewall;

import org.sluice.packet.proto.Prefix;
import org.sluice.packet.proto.Tcp;

/**
 * What becomes of packets that it is about.
 *
 * <p>As text: {@code allow tcp from 10.0.0.0/8 to any port 80 and back}. The protocol is {@code any},
 * {@code tcp}, {@code udp}, {@code icmp}, {@code icmp6} or a number; an end is {@code any} or a prefix,
 * and for tcp and udp a port may follow. With {@code and back} it is about the answers too.
 */
record Rule(
    String text, boolean allow, int protocol, Prefix from, int fromPort, Prefix to, int toPort, boolean back) {
  static final int ANY = -1;
  static final int TCP = 6;
  static final int UDP = 17;

  /** One packet of IP, as rules look at it; filled anew for each packet. */
  static final class Packet {
    int protocol;
    boolean fragment;
    long fromHigh;
    long fromLow;
    int fromPort;
    long toHigh;
    long toLow;
    int toPort;
    int tcpFlags;
  }

  /** Whether it decides about this packet. */
  boolean covers(Packet p) {
    if (protocol != ANY && protocol != p.protocol || p.fragment && (fromPort | toPort) != 0) {
      return false;
    }
    return in(from, fromPort, p.fromHigh, p.fromLow, p.fromPort)
            && in(to, toPort, p.toHigh, p.toLow, p.toPort)
        || back
            && !opens(p)
            && in(to, toPort, p.fromHigh, p.fromLow, p.fromPort)
            && in(from, fromPort, p.toHigh, p.toLow, p.toPort);
  }

  /** An answer of TCP never opens a connection, whatever its port. */
  private static boolean opens(Packet p) {
    return p.protocol == TCP && (p.tcpFlags & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN;
  }

  private static boolean in(Prefix end, int port, long high, long low, int actual) {
    return (end == null || end.contains(high, low)) && (port == 0 || port == actual);
  }

  /**
   * @throws IllegalArgumentException with the word that is wrong, and what could stand there
   */
  static Rule parse(String text) {
    Words words = new Words(text);
    boolean allow =
        switch (words.next("allow or deny")) {
          case "allow" -> true;
          case "deny" -> false;
          default -> throw words.wrong("allow or deny");
        };
    int protocol = protocol(words);
    words.expect("from");
    Prefix from = prefix(words);
    int fromPort = port(words, protocol);
    words.expect("to");
    Prefix to = prefix(words);
    int toPort = port(words, protocol);
    boolean back = words.take("and");
    if (back) {
      words.expect("back");
    }
    words.end();
    return new Rule(text.strip(), allow, protocol, from, fromPort, to, toPort, back);
  }

  private static int protocol(Words words) {
    String word = words.next("a protocol");
    return switch (word) {
      case "any" -> ANY;
      case "tcp" -> TCP;
      case "udp" -> UDP;
      case "icmp" -> 1;
      case "icmp6" -> 58;
      default -> words.number(0, 255, "any, tcp, udp, icmp, icmp6 or a number from 0 to 255");
    };
  }

  /** {@code null} for any. */
  private static Prefix prefix(Words words) {
    String word = words.next("any or a prefix");
    return word.equals("any") ? null : Prefix.parse(word);
  }

  private static int port(Words words, int protocol) {
    if (!words.take("port")) {
      return 0;
    }
    if (protocol != TCP && protocol != UDP) {
      throw words.wrong("no port, for only tcp and udp have ports");
    }
    words.next("a port");
    return words.number(1, 65_535, "a port from 1 to 65535");
  }

  /** The words of a rule, one after another. */
  private static final class Words {
    private final String text;
    private final String[] words;
    private int at;

    Words(String text) {
      this.text = text.strip();
      words = this.text.split("\\s+");
    }

    String next(String what) {
      if (at == words.length) {
        throw new IllegalArgumentException("'" + text + "' ends where " + what + " is expected");
      }
      return words[at++];
    }

    boolean take(String word) {
      boolean there = at < words.length && words[at].equals(word);
      at += there ? 1 : 0;
      return there;
    }

    void expect(String word) {
      if (!next(word).equals(word)) {
        throw wrong(word);
      }
    }

    int number(int least, int most, String what) {
      try {
        int number = Integer.parseInt(words[at - 1]);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw wrong(what);
    }

    void end() {
      if (at < words.length) {
        at++;
        throw wrong("the end");
      }
    }

    IllegalArgumentException wrong(String what) {
      return new IllegalArgumentException(
          "'" + text + "': '" + words[at - 1] + "' stands where " + what + " is expected");
    }
  }
}
