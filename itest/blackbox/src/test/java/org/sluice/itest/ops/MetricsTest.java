// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** {@code /metrics}, judged by the parser of Prometheus' own client for Python. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class MetricsTest {

  /** The packages of Debian are those of Debian's Python. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final String HOSTILE =
      "q\" } 1\nforged_metric 1\n# EOF\n\\ \\n {a=\"b\"} , é ☃ \u2028 \t'";

  private static final String PARSE =
      """
      import importlib, json, sys
      parse = importlib.import_module(sys.argv[1]).text_string_to_metric_families
      text = sys.stdin.buffer.read().decode('utf-8')
      print(json.dumps([
        [f.name, f.type, f.documentation, [[s.name, s.labels, str(float(s.value))] for s in f.samples]]
        for f in parse(text)]))
      """;

  private SluiceProcess sluice;

  @BeforeAll
  void start() throws Exception {
    sluice = Probe.start();
    Probe.set(sluice, "label", HOSTILE);
  }

  @AfterAll
  void stop() {
    sluice.close();
  }

  @BeforeEach
  void good() throws Exception {
    Probe.set(sluice, "metrics", "good");
    sluice.awaitTrue("good metrics", () -> metrics().contains("\nprobe_nan NaN\n"));
  }

  /** Whether both sources of the plugin are in it: one that is late is left out for once. */
  private static boolean whole(String text) {
    return text.contains("probe_nan") && text.contains("probe_shared{of=\"two\"} 2");
  }

  private String metrics() throws IOException {
    Http.Reply reply = Http.get(sluice, "/metrics");
    assertEquals(200, reply.status());
    return reply.body();
  }

  /** A sample as the parser understood it. */
  private record Read(
      String family, String type, String help, String name, JsonValue labels, String value) {}

  private static List<Read> parse(String parser, String text) throws Exception {
    Process process =
        new ProcessBuilder(PYTHON, "-c", PARSE, parser).redirectErrorStream(true).start();
    try (var to = process.getOutputStream()) {
      to.write(text.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out + "\nfor\n" + text);
    return Json.items(JsonReader.read(out)).stream()
        .map(Json::items)
        .flatMap(
            family ->
                Json.items(family.get(3)).stream()
                    .map(Json::items)
                    .map(
                        sample ->
                            new Read(
                                Json.text(family.get(0)),
                                Json.text(family.get(1)),
                                Json.text(family.get(2)),
                                Json.text(sample.get(0)),
                                sample.get(1),
                                Json.text(sample.get(2)))))
        .toList();
  }

  private static Read only(List<Read> all, String name) {
    List<Read> found = all.stream().filter(read -> read.name().equals(name)).toList();
    assertEquals(1, found.size(), name + ": " + found);
    return found.getFirst();
  }

  private static void assumeParser() throws Exception {
    boolean there;
    try {
      there =
          new ProcessBuilder(PYTHON, "-c", "import prometheus_client.openmetrics.parser")
                  .redirectErrorStream(true)
                  .start()
                  .waitFor()
              == 0;
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "the package python3-prometheus-client is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "prometheus_client.parser, text/plain",
    "prometheus_client.openmetrics.parser, application/openmetrics-text"
  })
  void aRealParserReadsWhatWasMeant(String parser, String accept) throws Exception {
    assumeParser();
    Http.Reply reply =
        sluice.await(
            "both sources",
            () -> {
              Http.Reply now = Http.get(sluice, "/metrics", "Accept: " + accept + ";version=1.0.0");
              return whole(now.body()) ? now : null;
            });
    assertTrue(reply.header("content-type").startsWith(accept), reply.header("content-type"));
    List<Read> all = parse(parser, reply.body());
    Read hostile = only(all, "probe_hostile");
    assertEquals("-2.5", hostile.value());
    assertEquals(HOSTILE, Json.text(hostile.labels(), "label"));
    assertEquals("Help with \\ and \n a break and \"quotes\".", hostile.help());
    assertEquals("nan", only(all, "probe_nan").value());
    assertEquals(
        List.of("inf", "-inf"),
        all.stream().filter(r -> r.name().equals("probe_infinite")).map(Read::value).toList());
    assertEquals("12345678901234.0", only(all, "probe_events_total").value());
    assertEquals("counter", only(all, "probe_events_total").type());
    assertEquals("6.0", only(all, "probe_seconds_count").value());
    assertEquals("histogram", only(all, "probe_seconds_count").type());
    assertEquals(
        List.of("1.0", "3.0", "6.0"),
        all.stream()
            .filter(r -> r.name().equals("probe_seconds_bucket"))
            .map(Read::value)
            .toList());
    assertEquals(2, all.stream().filter(r -> r.name().equals("probe_shared")).count());
    assertTrue(all.stream().noneMatch(r -> r.name().startsWith("forged")));
    for (String name :
        List.of(
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_start_time_seconds",
            "process_open_fds",
            "jvm_threads_current",
            "jvm_info")) {
      only(all, name);
    }
    assertEquals(
        all.size(),
        all.stream().map(r -> r.name() + r.labels()).distinct().count(),
        "no sample twice");
  }

  @Test
  void helpAndTypeStandOnceAFamily() throws Exception {
    String text =
        sluice.await(
            "both sources",
            () -> {
              String now = metrics();
              return whole(now) ? now : null;
            });
    List<String> heads = text.lines().filter(line -> line.startsWith("# TYPE ")).toList();
    assertEquals(heads.size(), heads.stream().distinct().count());
    assertEquals(1, heads.stream().filter(line -> line.contains("probe_shared ")).count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"name", "label", "swallow", "twice", "type", "clash", "throw", "error", "hang"})
  void aBadSourceIsLeftOutAndCountedAndNotTheAnswer(String how) throws Exception {
    String before = failures(metrics());
    Probe.set(sluice, "metrics", how);
    String text =
        sluice.await(
            "the other source of the bundle",
            () -> {
              String now = metrics();
              return now.contains("probe_shared{of=\"two\"} 2") ? now : null;
            });
    assertFalse(text.contains("probe_nan"), text);
    assertFalse(text.contains("forged"), text);
    assertTrue(text.contains("jvm_info"), "all others");
    assertFalse(failures(text).equals(before), text);
    sluice.awaitTrue(
        "the log to tell it", () -> sluice.log().contains("left out the metrics of a bundle"));
  }

  private static String failures(String text) {
    return text.lines()
        .filter(l -> l.startsWith("sluice_metrics_source_failures_total{bundle=\"probe\"}"))
        .findFirst()
        .orElse("");
  }

  @Test
  void theShellShowsThem() throws Exception {
    SluiceProcess.Answer all =
        sluice.await(
            "all of them",
            () -> {
              SluiceProcess.Answer now = sluice.command("host:metrics", "probe_", "--json");
              assertEquals(0, now.exit(), now.toString());
              return Json.items(now.json()).size() >= 10 ? now : null;
            });
    assertTrue(
        Json.items(all.json()).stream()
            .allMatch(row -> Json.text(row, "name").startsWith("probe_")));
  }
}
