// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.sluice.json.JsonWriter;

/**
 * Why a request failed, as RFC 9457 has it.
 *
 * @param detail what a person can do about it
 * @param instance the path that was asked for
 * @param id stands in the log beside the cause; only for failures of ours
 */
record Problem(
    String type, String title, int status, String detail, String instance, Optional<String> id) {

  static Problem of(int status, String detail) {
    return new Problem("about:blank", title(status), status, detail, "", Optional.empty());
  }

  Problem at(String path) {
    return new Problem(type, title, status, detail, path, id);
  }

  Problem logged(String as) {
    return new Problem(type, title, status, detail, instance, Optional.of(as));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 421 -> "Misdirected Request";
      case 500 -> "Internal Server Error";
      case 503 -> "Service Unavailable";
      default -> "Error";
    };
  }

  void send(HttpServletResponse response) throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.setStatus(status);
    response.setContentType("application/problem+json;charset=utf-8");
    byte[] body = (JsonWriter.pretty(this) + "\n").getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /** As the value of a key in a log message. */
  static String quoted(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
