// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a bus listens: one or more addresses in the words of the specification, separated by {@code
 * ;} and tried in this order, such as {@code unix:path=/run/dbus/system_bus_socket}.
 */
public record BusAddress(String text) {
  private static final String SYSTEM = "unix:path=/run/dbus/system_bus_socket";
  private static final String PLAIN = "-_/.\\*";

  public BusAddress {
    parse(text);
  }

  /** Of the system bus: {@code DBUS_SYSTEM_BUS_ADDRESS}, or the place where it always is. */
  public static BusAddress system(Map<String, String> environment) {
    String given = environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", "");
    return new BusAddress(given.isEmpty() ? SYSTEM : given);
  }

  /** As somebody wrote it into a configuration; blank for the system bus of this host. */
  public static BusAddress configured(String text) {
    return text.isBlank() ? system(System.getenv()) : new BusAddress(text.strip());
  }

  @Override
  public String toString() {
    return text;
  }

  /**
   * One way to the bus.
   *
   * @param path of the socket, or null when we cannot go this way
   * @param refusal why not; empty when we can
   */
  record Way(String text, @Nullable Path path, String refusal) {}

  List<Way> ways() {
    return parse(text);
  }

  private static List<Way> parse(String text) {
    List<Way> ways = new ArrayList<>();
    for (String address : text.split(";")) {
      if (!address.isEmpty()) {
        ways.add(way(address));
      }
    }
    if (ways.isEmpty()) {
      throw new IllegalArgumentException("\"" + text + "\" holds no bus address");
    }
    return ways;
  }

  private static Way way(String address) {
    int colon = address.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(
          "\"" + address + "\" is no bus address: expected transport:key=value,…");
    }
    String transport = address.substring(0, colon);
    String path = null;
    String abstractName = null;
    for (String pair : address.substring(colon + 1).split(",")) {
      int equals = pair.indexOf('=');
      if (equals <= 0 && !pair.isEmpty()) {
        throw new IllegalArgumentException(
            "\"" + address + "\" is no bus address: expected key=value, found \"" + pair + "\"");
      }
      if (pair.startsWith("path=")) {
        path = unescape(pair.substring(equals + 1), address);
      } else if (pair.startsWith("abstract=")) {
        abstractName = unescape(pair.substring(equals + 1), address);
      }
    }
    if (!transport.equals("unix")) {
      return new Way(address, null, "only unix:path= is supported, not " + transport + ":");
    }
    if (abstractName != null) {
      return new Way(address, null, "Java cannot connect to a socket with an abstract name");
    }
    if (path == null || path.isEmpty()) {
      return new Way(address, null, "a unix: address needs path= to connect to");
    }
    return new Way(address, Path.of(path), "");
  }

  private static String unescape(String value, String address) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '%') {
        int high = i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
        int low = i + 2 < value.length() ? Character.digit(value.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
          throw new IllegalArgumentException(
              "\"" + address + "\" is no bus address: expected two hexadecimal digits after %");
        }
        bytes.write(high * 16 + low);
        i += 2;
      } else if (Names.letter(c) || Names.digit(c) || PLAIN.indexOf(c) >= 0) {
        bytes.write(c);
      } else {
        throw new IllegalArgumentException(
            "\"" + address + "\" is no bus address: write " + Names.quoted("" + c) + " with %");
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
