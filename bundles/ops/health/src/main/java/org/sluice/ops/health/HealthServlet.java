// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.sluice.json.JsonWriter;
import org.sluice.ops.api.HealthCheck.Probe;

/** {@code /health}: 200 when nothing is critical, else 503. */
@Component(
    service = Servlet.class,
    property = {
      "osgi.http.whiteboard.servlet.name=health",
      "osgi.http.whiteboard.servlet.pattern=/health",
      "osgi.http.whiteboard.servlet.pattern=/health/live",
      "osgi.http.whiteboard.servlet.pattern=/health/ready"
    })
public final class HealthServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient Checks checks;

  /**
   * @param door what examines every request first; without it nothing is served
   */
  @Activate
  public HealthServlet(
      @Reference Checks checks, @Reference(target = "(org.sluice.door=true)") Preprocessor door) {
    this.checks = checks;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      answer(response, 405, "text/plain", "health can only be read: GET or HEAD\n");
      return;
    }
    String query = request.getQueryString();
    boolean text = query == null ? wantsText(request) : query.equals("format=text");
    if (query != null && !text && !query.equals("format=json")) {
      answer(response, 400, "text/plain", "there are ?format=text and ?format=json\n");
      return;
    }
    HealthReport whole = checks.report();
    HealthReport report =
        switch (request.getServletPath()) {
          case "/health/live" -> whole.only(check -> check.probe() == Probe.LIVENESS);
          case "/health/ready" -> whole.only(check -> check.probe() == Probe.READINESS);
          default -> whole;
        };
    answer(
        response,
        report.well() ? 200 : 503,
        text ? "text/plain" : "application/json",
        text ? report.prose() : JsonWriter.pretty(report) + "\n");
  }

  private static boolean wantsText(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    return accept != null && accept.contains("text/plain") && !accept.contains("json");
  }

  private static void answer(HttpServletResponse response, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType(type + ";charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
