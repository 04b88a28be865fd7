// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as they are, to a tree of texts with lines; and what is wrong with them, with its line. */
class ReaderTest {

  private static Setting.Group toml(Path folder, String text) throws Exception {
    return TomlReader.read(Files.writeString(folder.resolve("a.toml"), text));
  }

  private static Setting.Group yaml(Path folder, String text) throws Exception {
    return YamlReader.read(Files.writeString(folder.resolve("a.yaml"), text));
  }

  private static Setting.Scalar scalar(String text, int line) {
    return new Setting.Scalar(text, line);
  }

  @Test
  void tomlHasTablesTextsNumbersAndLists(@TempDir Path folder) throws Exception {
    Setting.Group read =
        toml(
            folder,
            """
            # a remark
            top = 1_000
            [System]
            LogLevel="deb\\u0075g" # another
            'odd key' = 'C:\\x'
            [Network.more]
            a.b = true
            list = [ "x", # first
              'y', ]
            """);
    assertEquals(scalar("1000", 2), read.all().get("top"));
    assertEquals(
        new Setting.Group(Map.of("LogLevel", scalar("debug", 4), "odd key", scalar("C:\\x", 5)), 3),
        read.all().get("System"));
    assertEquals(
        new Setting.Group(
            Map.of(
                "more",
                new Setting.Group(
                    Map.of(
                        "a",
                        new Setting.Group(Map.of("b", scalar("true", 7)), 7),
                        "list",
                        new Setting.Items(List.of(scalar("x", 8), scalar("y", 9)), 8)),
                    6)),
            6),
        read.all().get("Network"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a = 1\\na = 2        | 2 | twice
          a = bare             | 1 | quotes
          a = "open            | 1 | not ended
          a = '''x'''          | 1 | several lines
          x = 1\\n[[list]]     | 2 | [[
          a = {b = 1}          | 1 | {
          a = [1 2]            | 1 | expected ,
          a = 1 b = 2          | 1 | more on this line
          [t\\n                | 1 | expected ]
          = 1                  | 1 | name of a key
          a = "\\\\q"          | 1 | means nothing
          a = "\\\\u12"        | 1 | number of a character
          a = 1\\n[a]          | 2 | a table here
          """)
  void tomlThatCannotBeReadNamesItsLine(String text, int line, String words, @TempDir Path folder) {
    String file = text.replace("\\n", "\n").replace("\\\\", "\\");
    SettingsException e = assertThrows(SettingsException.class, () -> toml(folder, file));
    assertTrue(String.valueOf(e.getMessage()).contains("a.toml:" + line + ": "), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  @Test
  void yamlIsTextsWithLines(@TempDir Path folder) throws Exception {
    Setting.Group read = yaml(folder, "a: { b: yes, c: \"x y\" }\nempty:\nlist:\n  - 1\n  - two\n");
    assertEquals(
        Map.of(
            "a",
            new Setting.Group(Map.of("b", scalar("yes", 1), "c", scalar("x y", 1)), 1),
            "list",
            new Setting.Items(List.of(scalar("1", 4), scalar("two", 5)), 4)),
        read.all());
    assertTrue(yaml(folder, "# nothing\n").all().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: 1\\nb: [x\\n       | 3 | no YAML
          a: 1\\na: 2           | 2 | twice
          - a                   | 1 | KEY: VALUE
          a: 1\\n\\tb: 2        | 2 | no YAML
          a: &x [*x]            | 1 | levels
          """)
  void yamlThatCannotBeReadNamesItsLine(String text, int line, String words, @TempDir Path folder) {
    String file = text.replace("\\n", "\n").replace("\\t", "\t");
    SettingsException e = assertThrows(SettingsException.class, () -> yaml(folder, file));
    assertTrue(String.valueOf(e.getMessage()).contains("a.yaml:" + line + ": "), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.getMessage());
  }

  /** What comes after it must not be passed over in silence. */
  @ParameterizedTest
  @ValueSource(strings = {"a = 1\n\0b = 2\n", "a = 1\nb = \"\u00e4\"\n"})
  void whatIsNoTextNamesItsLine(String text, @TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("a.toml"), text.getBytes(StandardCharsets.ISO_8859_1));
    SettingsException e = assertThrows(SettingsException.class, () -> TomlReader.read(file));
    assertTrue(
        String.valueOf(e.getMessage()).contains("a.toml:2: this is no text"), e.getMessage());
  }
}
