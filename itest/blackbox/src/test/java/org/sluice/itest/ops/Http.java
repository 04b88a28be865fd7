// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** HTTP by hand, so that a test can send what no client would. */
final class Http {
  private Http() {}

  /**
   * An answer.
   *
   * @param headers by their names in small letters
   */
  record Reply(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    JsonValue json() {
      try {
        return JsonReader.read(body);
      } catch (JsonException e) {
        throw new AssertionError("not JSON at " + e.place() + ": " + e.getMessage() + "\n" + body);
      }
    }

    /** The reason of a failure, which must be a problem as RFC 9457 has it. */
    String detail() {
      if (!header("content-type").startsWith("application/problem+json")) {
        throw new AssertionError("no problem: " + this);
      }
      return Json.text(json(), "detail");
    }
  }

  static Reply get(SluiceProcess sluice, String path, String... headers) throws IOException {
    return send(sluice, "GET " + path + " HTTP/1.1", headers);
  }

  /** Sends a request line with headers; without a Host header among them the right one is sent. */
  static Reply send(SluiceProcess sluice, String line, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    if (all.stream().noneMatch(h -> h.toLowerCase(Locale.ROOT).startsWith("host"))) {
      all.add("Host: 127.0.0.1:" + sluice.port());
    }
    all.removeIf("Host-missing"::equals);
    all.add("Connection: close");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.port())) {
      socket.setSoTimeout(30_000);
      String text = line + "\r\n" + String.join("\r\n", all) + "\r\n\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return read(socket.getInputStream());
    }
  }

  private static Reply read(InputStream in) throws IOException {
    String first = line(in);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body;
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(in), 16);
          size > 0;
          size = Integer.parseInt(line(in), 16)) {
        all.write(in.readNBytes(size));
        line(in);
      }
      body = all.toByteArray();
    } else {
      body = in.readAllBytes();
    }
    return new Reply(
        Integer.parseInt(first.split(" ", -1)[1]),
        headers,
        new String(body, StandardCharsets.UTF_8));
  }

  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended after \"" + line + "\"");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
