// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.ops.api.EventFeed;
import org.sluice.ops.api.Resource;

/** The OpenAPI 3.1 description of what is offered, made from the offers themselves. */
final class OpenApi {
  private final Schemas schemas = new Schemas();
  private final Map<String, Operation> paths = new LinkedHashMap<>();

  private OpenApi() {}

  static Map<String, Object> of(List<Offer> offers) {
    OpenApi api = new OpenApi();
    api.path(
        "/api/v1",
        "What is offered below this path.",
        List.of(),
        json(Schemas.list(api.schemas.of(IndexEntry.class))));
    offers.forEach(api::add);
    Map<String, Object> problem = api.schemas.of(Problem.class);
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        Map.of(
            "title", "Sluice",
            "version", "1",
            "description", "What the process knows. Everything here only reads."));
    Map<String, Object> paths = new LinkedHashMap<>();
    api.paths.forEach((path, operation) -> paths.put(path, operation.at(path)));
    document.put("paths", paths);
    Map<String, Object> components = new LinkedHashMap<>();
    components.put(
        "responses",
        Map.of(
            "Problem",
            described("Why the request failed.", content("application/problem+json", problem))));
    components.put("schemas", api.schemas.components());
    document.put("components", components);
    return document;
  }

  private void add(Offer offer) {
    String path = "/api/v1/" + offer.route().path();
    List<Object> parameters = new ArrayList<>();
    for (String variable : offer.route().variables()) {
      parameters.add(parameter(variable, "path", "", true));
    }
    switch (offer) {
      case Offer.OfResource of -> {
        for (Resource.Query query : of.resource().query()) {
          parameters.add(parameter(query.name(), "query", query.description(), false));
        }
        Map<String, Object> one = schemas.of(of.resource().type());
        path(path, of.summary(), parameters, json(of.resource().list() ? Schemas.list(one) : one));
      }
      case Offer.OfFeed of -> {
        parameters.add(
            parameter("after", "query", "Number of the last event already known.", false));
        parameters.add(
            parameter(
                "Last-Event-ID", "header", "The same, sent by a client that resumes.", false));
        path(path, of.summary(), parameters, stream(of.feed()));
      }
    }
  }

  private Map<String, Object> stream(EventFeed feed) {
    Map<String, Object> events = new LinkedHashMap<>();
    feed.events().forEach((name, type) -> events.put(name, schemas.of(type)));
    Map<String, Object> media = new LinkedHashMap<>();
    media.put("schema", Map.of("type", "string"));
    // OpenAPI 3.1 has no words for the events of a stream.
    media.put("x-events", events);
    return Map.of("text/event-stream", media);
  }

  /** Of a path that is both a resource and a stream, this is called for each. */
  private void path(String path, String summary, List<?> parameters, Map<String, Object> content) {
    Operation before = paths.get(path);
    paths.put(
        path,
        before == null
            ? new Operation(summary, parameters, content)
            : before.with(summary, parameters, content));
  }

  /** What can be asked of one path. */
  private record Operation(String summary, List<?> parameters, Map<String, Object> content) {
    Operation with(String otherSummary, List<?> more, Map<String, Object> other) {
      List<Object> all = new ArrayList<>(parameters);
      more.stream().filter(parameter -> !all.contains(parameter)).forEach(all::add);
      Map<String, Object> both = new LinkedHashMap<>(content);
      both.putAll(other);
      return new Operation(summary + " As a stream: " + otherSummary, all, both);
    }

    Map<String, Object> at(String path) {
      Map<String, Object> operation = new LinkedHashMap<>();
      operation.put("operationId", "get" + path.replaceAll("[^a-zA-Z0-9]+", "_"));
      operation.put("summary", summary);
      if (!parameters.isEmpty()) {
        operation.put("parameters", parameters);
      }
      Map<String, Object> responses = new LinkedHashMap<>();
      responses.put("200", described("The answer.", content));
      responses.put("default", Map.of("$ref", "#/components/responses/Problem"));
      operation.put("responses", responses);
      return Map.of("get", operation);
    }
  }

  private static Map<String, Object> parameter(
      String name, String in, String description, boolean required) {
    Map<String, Object> parameter = new LinkedHashMap<>();
    parameter.put("name", name);
    parameter.put("in", in);
    if (!description.isEmpty()) {
      parameter.put("description", description);
    }
    parameter.put("required", required);
    parameter.put("schema", Map.of("type", "string"));
    return parameter;
  }

  private static Map<String, Object> json(Map<String, Object> schema) {
    return content("application/json", schema);
  }

  private static Map<String, Object> content(String type, Map<String, Object> schema) {
    return Map.of(type, Map.of("schema", schema));
  }

  private static Map<String, Object> described(String text, Map<String, Object> content) {
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("description", text);
    response.put("content", content);
    return response;
  }
}
