// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads YAML as a tree of texts. No object is made of what a file says. */
final class YamlReader {
  private static final int DEEPEST = 50;

  private final Path file;

  private YamlReader(Path file) {
    this.file = file;
  }

  static Setting.Group read(Path file) throws IOException, SettingsException {
    return new YamlReader(file).parse(SourceText.read(file));
  }

  private Setting.Group parse(String text) throws SettingsException {
    try {
      Optional<Node> root = new Compose(LoadSettings.builder().build()).composeString(text);
      if (root.isEmpty() || none(root.get())) {
        return new Setting.Group(Map.of(), 1);
      }
      if (setting(root.get(), 0) instanceof Setting.Group group) {
        return group;
      }
      throw new SettingsException(file, 1, "expected KEY: VALUE lines, and it is something else");
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
      throw new SettingsException(file, line, "this is no YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new SettingsException(file, 1, "this is no YAML: " + e.getMessage());
    }
  }

  private Setting setting(Node node, int depth) throws SettingsException {
    int line = line(node);
    if (depth > DEEPEST) {
      throw new SettingsException(file, line, "more than " + DEEPEST + " levels");
    }
    switch (node) {
      case MappingNode mapping -> {
        Map<String, Setting> all = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new SettingsException(file, line(tuple.getKeyNode()), "a key must be a word");
          }
          if (all.containsKey(key.getValue())) {
            throw new SettingsException(
                file, line(key), "the key " + key.getValue() + " is there twice: remove one");
          }
          // A key without a value says nothing.
          if (!none(tuple.getValueNode())) {
            all.put(key.getValue(), setting(tuple.getValueNode(), depth + 1));
          }
        }
        return new Setting.Group(all, line);
      }
      case SequenceNode sequence -> {
        List<Setting> all = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          all.add(setting(item, depth + 1));
        }
        return new Setting.Items(all, line);
      }
      case ScalarNode scalar -> {
        return new Setting.Scalar(scalar.getValue(), line);
      }
      default -> throw new SettingsException(file, line, "cannot be understood");
    }
  }

  private static boolean none(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }
}
