// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

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

/** {@code /metrics}. */
@Component(
    service = Servlet.class,
    property = {
      "osgi.http.whiteboard.servlet.name=metrics",
      "osgi.http.whiteboard.servlet.pattern=/metrics"
    })
public final class MetricsServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient Scraper scraper;

  /**
   * @param door what examines every request first; without it nothing is served
   */
  @Activate
  public MetricsServlet(
      @Reference Scraper scraper, @Reference(target = "(org.sluice.door=true)") Preprocessor door) {
    this.scraper = scraper;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      answer(response, 405, "text/plain;charset=utf-8", "metrics can only be read: GET or HEAD\n");
      return;
    }
    String accept = request.getHeader("Accept");
    TextFormat format = TextFormat.of(accept == null ? "" : accept);
    answer(response, 200, format.contentType(), format.write(scraper.scrape()));
  }

  private static void answer(HttpServletResponse response, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType(type);
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
