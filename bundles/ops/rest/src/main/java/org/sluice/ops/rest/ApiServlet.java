// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.Preprocessor;
import org.sluice.json.JsonWriter;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/…}: resources, feeds, and what describes them. */
@Component(
    service = Servlet.class,
    configurationPid = "org.sluice.ops.rest",
    property = {
      "osgi.http.whiteboard.servlet.name=api",
      "osgi.http.whiteboard.servlet.pattern=/api/v1/*",
      "osgi.http.whiteboard.servlet.asyncSupported:Boolean=true"
    })
public final class ApiServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final String JSON = "application/json";
  private static final String STREAM = "text/event-stream";

  private final transient Catalog catalog;
  private final transient Streams streams;
  private transient volatile RestConfig config;

  /**
   * @param door what examines every request first; without it nothing is served
   */
  @Activate
  public ApiServlet(
      @Reference Catalog catalog,
      @Reference Streams streams,
      @Reference(target = "(org.sluice.door=true)") Preprocessor door,
      RestConfig config) {
    this.catalog = catalog;
    this.streams = streams;
    this.config = config;
  }

  @Modified
  void modified(RestConfig changed) {
    config = changed;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Problem> problem = answer(request, response);
    if (problem.isPresent()) {
      problem.get().at(request.getRequestURI()).send(response);
    }
  }

  private Optional<Problem> answer(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      return Optional.of(
          Problem.of(
              405,
              "this interface only reads: GET or HEAD. Changes are made by files in configs/ and"
                  + " plugins/, and by ./sluice SCOPE:COMMAND"));
    }
    String info = request.getPathInfo();
    String path = info == null || info.equals("/") ? "" : info.substring(1);
    if (path.isEmpty()) {
      return send(request, response, index());
    }
    if (path.equals("openapi.json")) {
      return send(request, response, OpenApi.of(catalog.offers()));
    }
    Optional<Catalog.Match> match = catalog.match(path, Accept.names(STREAM, accept(request)));
    if (match.isEmpty()) {
      return Optional.of(
          Problem.of(404, "nothing is offered at " + path + "; /api/v1 lists what is"));
    }
    return switch (match.get().offer()) {
      case Offer.OfResource of -> resource(of, match.get().values(), request, response);
      case Offer.OfFeed of -> feed(of, request, response);
    };
  }

  private List<IndexEntry> index() {
    return catalog.offers().stream().map(IndexEntry::of).toList();
  }

  private Optional<Problem> feed(
      Offer.OfFeed of, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Problem> problem =
        notAcceptable(STREAM, request).or(() -> badQuery(List.of("after"), request));
    if (problem.isEmpty()) {
      streams.serve(of, request, response);
    }
    return problem;
  }

  private Optional<Problem> resource(
      Offer.OfResource of,
      Map<String, String> values,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    int busy = of.busy().incrementAndGet();
    try {
      if (busy > config.mostRequests()) {
        response.setHeader("Retry-After", "1");
        return Optional.of(
            Problem.of(
                503,
                "%d requests for %s are under way and %s has not answered them"
                    .formatted(busy - 1, of.route().path(), of.owner())));
      }
      List<String> known = of.resource().query().stream().map(Resource.Query::name).toList();
      Optional<Problem> bad = badQuery(known, request);
      if (bad.isPresent()) {
        return bad;
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      request.getParameterMap().forEach((name, given) -> parameters.put(name, given[0]));
      parameters.putAll(values);
      return send(request, response, checked(of, of.resource().get(parameters)));
    } catch (NoSuchElementException e) {
      return Optional.of(Problem.of(404, String.valueOf(e.getMessage())));
    } catch (IllegalArgumentException e) {
      return Optional.of(Problem.of(400, String.valueOf(e.getMessage())));
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      return Optional.of(Failure.log(of, e));
    } finally {
      of.busy().decrementAndGet();
    }
  }

  /** The answer must be what the description promises. */
  private static Object checked(Offer.OfResource of, @Nullable Object answer) {
    Class<?> type = of.resource().type();
    boolean good =
        of.resource().list()
            ? answer instanceof List<?> list && list.stream().allMatch(type::isInstance)
            : type.isInstance(answer);
    if (answer == null || !good) {
      throw new IllegalStateException(
          "answered %s, promised %s%s"
              .formatted(
                  answer == null ? "null" : answer.getClass().getName(),
                  of.resource().list() ? "a list of " : "",
                  type.getName()));
    }
    return answer;
  }

  private static Optional<Problem> badQuery(List<String> known, HttpServletRequest request) {
    Map<String, String[]> query;
    try {
      query = request.getParameterMap();
    } catch (RuntimeException e) {
      // The server has no type of its own for this in the interface of servlets.
      return Optional.of(Problem.of(400, "the query cannot be read: " + e.getMessage()));
    }
    for (Map.Entry<String, String[]> given : query.entrySet()) {
      if (!known.contains(given.getKey())) {
        String others =
            known.isEmpty() ? "there are none here" : "there are " + String.join(", ", known);
        return Optional.of(
            Problem.of(400, "unknown parameter \"%s\"; %s".formatted(given.getKey(), others)));
      }
      if (given.getValue().length != 1) {
        return Optional.of(
            Problem.of(400, "the parameter %s is given twice".formatted(given.getKey())));
      }
    }
    return Optional.empty();
  }

  private static Optional<Problem> notAcceptable(String type, HttpServletRequest request) {
    String accept = accept(request);
    return Accept.takes(type, accept)
        ? Optional.empty()
        : Optional.of(Problem.of(406, "this is " + type + "; Accept asks for " + accept));
  }

  private static @Nullable String accept(HttpServletRequest request) {
    return Stream.of(request.getHeaders("Accept"))
        .flatMap(values -> java.util.Collections.list(values).stream())
        .reduce((a, b) -> a + "," + b)
        .orElse(null);
  }

  private static Optional<Problem> send(
      HttpServletRequest request, HttpServletResponse response, Object answer) throws IOException {
    Optional<Problem> problem = notAcceptable(JSON, request);
    if (problem.isEmpty()) {
      byte[] body = (JsonWriter.pretty(answer) + "\n").getBytes(StandardCharsets.UTF_8);
      response.setContentType(JSON + ";charset=utf-8");
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
    return problem;
  }
}
