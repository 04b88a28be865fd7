// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/** What {@code host:plugins} says. */
final class Plugins {
  private final SluiceProcess sluice;

  Plugins(SluiceProcess sluice) {
    this.sluice = sluice;
  }

  /** One row. */
  record Row(JsonValue.Obj json) {
    String text(String name) {
      return json.get(name) instanceof JsonValue.Str text ? text.value() : "";
    }

    double number(String name) {
      return json.get(name) instanceof JsonValue.Num number ? number.value().doubleValue() : 0;
    }

    List<String> texts(String name) {
      List<String> texts = new ArrayList<>();
      if (json.get(name) instanceof JsonValue.Arr list) {
        list.items().forEach(i -> texts.add(((JsonValue.Str) i).value()));
      }
      return texts;
    }

    /** Without the places in the answer, which move with the other rows. */
    @Override
    public String toString() {
      return JsonWriter.write(json);
    }

    String state() {
      return text("state");
    }

    String reason() {
      return text("reason");
    }

    String version() {
      return text("version");
    }
  }

  List<Row> all() {
    SluiceProcess.Answer answer = sluice.command("host:plugins", "--json");
    if (answer.exit() != 0) {
      throw new AssertionError(answer + "\n" + sluice.log());
    }
    List<Row> rows = new ArrayList<>();
    for (JsonValue item : ((JsonValue.Arr) answer.json()).items()) {
      rows.add(new Row((JsonValue.Obj) item));
    }
    return rows;
  }

  @Nullable Row row(String file) {
    return all().stream().filter(r -> r.text("file").equals(file)).findFirst().orElse(null);
  }

  /** Waits until a file is in a state. */
  Row await(String file, String state) throws Exception {
    return sluice.await(
        file + " to be " + state + ", it is " + describe(file),
        () -> {
          Row row = row(file);
          return row != null && row.state().equals(state) ? row : null;
        });
  }

  Row awaitVersion(String file, String version) throws Exception {
    return sluice.await(
        file + " to serve " + version,
        () -> {
          Row row = row(file);
          return row != null && row.version().equals(version) && row.state().equals("ACTIVE")
              ? row
              : null;
        });
  }

  void awaitGone(String file) throws Exception {
    sluice.awaitTrue(file + " to be gone", () -> row(file) == null);
  }

  /** Waits until no dropped revision is left: a thread that served one may be about to end. */
  void awaitNoLeaks() throws Exception {
    sluice.awaitTrue(
        "dropped revisions to go, left are " + sluice.command("host:leaks").out(),
        () -> sluice.command("host:leaks").exit() == 0);
  }

  String describe(String file) {
    Row row = row(file);
    return row == null ? "not there" : row.state() + " " + row.reason();
  }
}
