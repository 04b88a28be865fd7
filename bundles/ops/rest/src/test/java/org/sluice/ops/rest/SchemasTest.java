// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.json.JsonWriter;

class SchemasTest {
  enum Color {
    RED,
    BLUE
  }

  sealed interface Shape {
    record Dot(int x) implements Shape {}

    record Line(int length) implements Shape {}
  }

  record Tree(String name, List<Tree> children) {}

  record All(
      boolean yes,
      int number,
      long big,
      double real,
      String text,
      Color color,
      Instant at,
      Duration length,
      InetAddress address,
      Optional<String> maybe,
      OptionalLong maybeNumber,
      List<? extends Tree> trees,
      Map<String, Integer> counts,
      Set<Shape> shapes,
      Object anything) {}

  private static Object part(Schemas schemas, String record, String part) {
    return requireNonNull(requireNonNull(schemas.components().get(record)).get(part));
  }

  private static String property(Schemas schemas, String record, String name) {
    return JsonWriter.write(((Map<?, ?>) part(schemas, record, "properties")).get(name));
  }

  @Test
  void everyKindOfComponentHasItsSchema() {
    Schemas schemas = new Schemas();
    assertEquals(Map.of("$ref", "#/components/schemas/All"), schemas.of(All.class));
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("yes", "{'type':'boolean'}"),
            Map.entry("number", "{'type':'integer'}"),
            Map.entry("big", "{'type':'integer','format':'int64'}"),
            Map.entry("real", "{'type':['number','null']}"),
            Map.entry("text", "{'type':'string'}"),
            Map.entry("color", "{'type':'string','enum':['RED','BLUE']}"),
            Map.entry("at", "{'type':'string','format':'date-time'}"),
            Map.entry("length", "{'type':'string','format':'duration'}"),
            Map.entry("address", "{'type':'string'}"),
            Map.entry("maybe", "{'anyOf':[{'type':'string'},{'type':'null'}]}"),
            Map.entry("maybeNumber", "{'type':['integer','null']}"),
            Map.entry("trees", "{'type':'array','items':{'$ref':'#/components/schemas/Tree'}}"),
            Map.entry(
                "shapes",
                "{'type':'array','items':{'anyOf':[{'$ref':'#/components/schemas/Dot'},"
                    + "{'$ref':'#/components/schemas/Line'}]}}"),
            Map.entry("anything", "{}"));
    expected.forEach(
        (name, schema) ->
            assertEquals(schema.replace('\'', '"'), property(schemas, "All", name), name));
    assertTrue(property(schemas, "All", "counts").contains("\"additionalProperties\":{\"type\""));
    assertEquals(15, ((List<?>) part(schemas, "All", "required")).size(), "all are there");
  }

  @Test
  void arraysAreLists() {
    assertEquals(
        "{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"RED\",\"BLUE\"]}}",
        JsonWriter.write(new Schemas().of(Color[].class)));
  }

  @Test
  void aRecordMayContainItself() {
    Schemas schemas = new Schemas();
    schemas.of(Tree.class);
    assertEquals(
        "{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Tree\"}}",
        property(schemas, "Tree", "children"));
  }

  static final class Other {
    record Tree(int height) {}
  }

  @Test
  void twoRecordsOfOneNameAreTwoSchemas() {
    Schemas schemas = new Schemas();
    schemas.of(Tree.class);
    Map<String, Object> second = schemas.of(Other.Tree.class);
    assertEquals(
        Map.of("$ref", "#/components/schemas/org.sluice.ops.rest.SchemasTest.Other.Tree"), second);
    assertEquals(2, schemas.components().size());
  }
}
