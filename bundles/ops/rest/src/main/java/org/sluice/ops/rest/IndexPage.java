// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

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

/** {@code /}: links to all there is; and the answer for every path that nobody serves. */
@Component(
    service = Servlet.class,
    property = {
      "osgi.http.whiteboard.servlet.name=index",
      "osgi.http.whiteboard.servlet.pattern=/"
    })
public final class IndexPage extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient Catalog catalog;

  /**
   * @param door what examines every request first; without it nothing is served
   */
  @Activate
  public IndexPage(
      @Reference Catalog catalog, @Reference(target = "(org.sluice.door=true)") Preprocessor door) {
    this.catalog = catalog;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getRequestURI().equals("/")) {
      Problem.of(404, "nothing is served here; / links to what is")
          .at(request.getRequestURI())
          .send(response);
      return;
    }
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      Problem.of(405, "this page can only be read: GET or HEAD").at("/").send(response);
      return;
    }
    response.setContentType("text/html;charset=utf-8");
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    byte[] body = page().getBytes(StandardCharsets.UTF_8);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private String page() {
    StringBuilder rows = new StringBuilder();
    row(rows, "/health", "whether all is well, each check with its remedy");
    row(rows, "/health?format=text", "the same for people");
    row(rows, "/metrics", "numbers for Prometheus");
    row(rows, "/api/v1/openapi.json", "description of the interface below");
    for (Offer offer : catalog.offers()) {
      row(rows, "/api/v1/" + offer.route().path(), offer.summary());
    }
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Sluice</title>
        <style>
        body { font-family: sans-serif; margin: 2em; }
        td { padding: .2em 1.5em .2em 0; }
        </style>
        </head>
        <body>
        <h1>Sluice</h1>
        <table>
        """
        + rows
        + """
        </table>
        </body>
        </html>
        """;
  }

  private static void row(StringBuilder rows, String path, String text) {
    String safe = escaped(path);
    String name = path.indexOf('{') >= 0 ? safe : "<a href=\"" + safe + "\">" + safe + "</a>";
    rows.append("<tr><td>").append(name).append("</td><td>");
    rows.append(escaped(text)).append("</td></tr>\n");
  }

  /** Texts come from bundles. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
