// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/**
 * What every request passes first, whoever serves it: the name it was sent to must be ours, and the
 * answer gets the headers that keep browsers strict. A servlet of the product refers to this
 * service, so that without the door nothing is served.
 */
@Component(
    service = {Preprocessor.class, MetricSource.class},
    property = "org.sluice.door=true",
    configurationPid = "org.sluice.ops.rest")
@Designate(ocd = RestConfig.class)
public final class Door implements Preprocessor, MetricSource {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");

  /** For every answer that does not say otherwise. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options", "nosniff",
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
          "Cache-Control", "no-store");

  private final LongAdder refused = new LongAdder();
  private volatile Hosts hosts;

  @Activate
  public Door(RestConfig config) {
    this.hosts = new Hosts(config.allowedHosts());
  }

  @Modified
  void modified(RestConfig changed) {
    hosts = new Hosts(changed.allowedHosts());
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest asked = (HttpServletRequest) request;
    HttpServletResponse answer = (HttpServletResponse) response;
    HEADERS.forEach(answer::setHeader);
    String host = asked.getHeader("Host");
    // The server may take the name from elsewhere, such as an absolute request target.
    String name = asked.getServerName();
    String local = asked.getLocalAddr();
    if (hosts.good(host, local) && hosts.good(bracketed(name), local)) {
      chain.doFilter(request, response);
      return;
    }
    refused.increment();
    LOG.log(
        System.Logger.Level.WARNING,
        "refused a request sent to a name that is not ours host={0} peer={1}",
        Problem.quoted(String.valueOf(host)),
        asked.getRemoteAddr());
    Problem.of(
            421,
            "this process does not answer as \""
                + host
                + "\"; ask for localhost, or add the name to allowedHosts in"
                + " configs/org.sluice.ops.rest.cfg.json")
        .at(asked.getRequestURI())
        .send(answer);
  }

  private static String bracketed(String name) {
    return name.indexOf(':') >= 0 && !name.startsWith("[") ? "[" + name + "]" : name;
  }

  @Override
  public void collect(Metrics to) {
    to.counter(
        "sluice_http_refused_total",
        "Requests refused because they were sent to a name that is not ours.",
        (double) refused.sum());
  }
}
