// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

  @Test
  void variablesTakeOneSegment() {
    Route route = Route.of("links/{name}/routes");
    assertEquals(Optional.of(Map.of("name", "eth0.100")), route.match("links/eth0.100/routes"));
    assertEquals(Optional.empty(), route.match("links//routes"));
    assertEquals(Optional.empty(), route.match("links/a/b/routes"));
    assertEquals(Optional.empty(), route.match("links/a/routes/"));
    assertEquals(Optional.empty(), route.match("links/a"));
    assertEquals(List.of("name"), route.variables());
  }

  @Test
  void whatIsSpeltOutComesFirst() {
    assertEquals(
        List.of("config/generations", "config/{pid}", "{x}/generations"),
        Stream.of("{x}/generations", "config/{pid}", "config/generations")
            .map(Route::of)
            .sorted()
            .map(Route::path)
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/a", "a/", "a//b", "A", "a b", "{a", "a{b}", "{}", "{a}/{a}", "ü"})
  void whatIsNoPathIsRefused(String path) {
    assertThrows(IllegalArgumentException.class, () -> Route.of(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:9090",
        "localhost.",
        "x.localhost",
        "127.0.0.1:9090",
        "127.1.2.3",
        "[::1]:9090",
        "[::1]",
        "192.0.2.7:9090",
        "edge.example",
        "Edge.Example:9090"
      })
  void goodHosts(String header) {
    assertTrue(new Hosts("edge.example").good(header, "192.0.2.7"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example#localhost",
        "evil.example:9090:localhost",
        "localhost evil",
        "localhost@evil.example",
        "192.0.2.8",
        "[::2]",
        "",
        " ",
        "xlocalhost"
      })
  void badHosts(String header) {
    assertFalse(new Hosts("edge.example").good(header, "192.0.2.7"));
    assertFalse(new Hosts().good(null, "127.0.0.1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|true",
        "*/*|true",
        "application/json|true",
        "application/*;q=0.5|true",
        "text/html,application/xhtml+xml,*/*;q=0.8|true",
        "text/html|false",
        "application/json;q=0|false",
        "*/*,application/json;q=0|false",
        "application/json, */*;q=0|true",
        "application/jsonx|false"
      })
  void acceptHeaders(@Nullable String header, boolean takes) {
    assertEquals(takes, Accept.takes("application/json", header));
  }
}
