// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads a metatype file. The Metatype service would do it too, but only for bundles that are
 * resolved, and it does not tell a default from none; the check has to be made before a bundle is
 * let near its configuration.
 */
public final class SchemaReader extends DefaultHandler {
  private final String bundle;
  private final Map<String, Definition> definitions = new HashMap<>();
  private final List<Designation> designations = new ArrayList<>();
  private @Nullable Definition definition;
  private @Nullable Map<String, String> attribute;
  private List<String> options = new ArrayList<>();
  private @Nullable Designation designation;

  private SchemaReader(String bundle) {
    this.bundle = bundle;
  }

  private record Definition(String name, String description, List<Attribute> attributes) {}

  private static final class Designation {
    private final String pid;
    private final boolean many;
    private String definition = "";

    private Designation(String pid, boolean many) {
      this.pid = pid;
      this.many = many;
    }
  }

  /**
   * @param bundle whose file it is
   * @throws IOException when it cannot be read or is not well-formed
   */
  public static List<Schema> read(String bundle, InputStream file) throws IOException {
    SchemaReader reader = new SchemaReader(bundle);
    try {
      SAXParserFactory factory = SAXParserFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      factory.newSAXParser().parse(file, reader);
    } catch (SAXException | ParserConfigurationException | NumberFormatException e) {
      throw new IOException("the metatype of " + bundle + " cannot be read: " + e.getMessage(), e);
    }
    return reader.schemas();
  }

  private List<Schema> schemas() {
    List<Schema> schemas = new ArrayList<>();
    for (Designation d : designations) {
      Definition of = definitions.get(d.definition);
      if (of != null) {
        schemas.add(
            new Schema(d.pid, d.many, of.name, of.description, List.copyOf(of.attributes), bundle));
      }
    }
    return schemas;
  }

  @Override
  public void startElement(String uri, String local, String qualified, Attributes at) {
    switch (unprefixed(qualified)) {
      case "OCD" -> {
        definition =
            new Definition(value(at, "name", ""), value(at, "description", ""), new ArrayList<>());
        definitions.put(value(at, "id", ""), definition);
      }
      case "AD" -> {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < at.getLength(); i++) {
          values.put(unprefixed(at.getQName(i)), at.getValue(i));
        }
        attribute = values;
        options = new ArrayList<>();
      }
      case "Option" -> options.add(value(at, "value", ""));
      case "Designate" -> {
        String factory = value(at, "factoryPid", "");
        designation =
            new Designation(factory.isEmpty() ? value(at, "pid", "") : factory, !factory.isEmpty());
      }
      case "Object" -> {
        if (designation != null) {
          designation.definition = value(at, "ocdref", "");
        }
      }
      default -> {
        // Icons and attributes of other vendors say nothing about what is allowed.
      }
    }
  }

  @Override
  public void endElement(String uri, String local, String qualified) {
    switch (unprefixed(qualified)) {
      case "AD" -> {
        if (definition != null && attribute != null) {
          definition.attributes.add(attribute(attribute, List.copyOf(options)));
        }
        attribute = null;
      }
      case "OCD" -> definition = null;
      case "Designate" -> {
        if (designation != null && !designation.pid.isEmpty()) {
          designations.add(designation);
        }
        designation = null;
      }
      default -> {
        // as above
      }
    }
  }

  private static Attribute attribute(Map<String, String> at, List<String> options) {
    AttributeType type = AttributeType.named(at.getOrDefault("type", "String"));
    int cardinality = Integer.parseInt(at.getOrDefault("cardinality", "0"));
    String text = at.get("default");
    return new Attribute(
        at.getOrDefault("id", ""),
        at.getOrDefault("name", ""),
        at.getOrDefault("description", ""),
        type,
        cardinality,
        number(at.get("min")),
        number(at.get("max")),
        options,
        !at.getOrDefault("required", "true").equals("false"),
        text == null ? null : defaults(text, cardinality));
  }

  /** A bound that is no number, such as one a bundle checks in its own way, bounds nothing here. */
  private static @Nullable BigDecimal number(@Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Splits at commas; a backslash keeps the next character as it is. */
  private static List<String> defaults(String text, int cardinality) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        part.append(text.charAt(++i));
      } else if (c == ',' && cardinality != 0) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    if (cardinality == 0 || !parts.isEmpty() || part.length() > 0) {
      parts.add(part.toString());
    }
    return List.copyOf(parts);
  }

  private static String unprefixed(String qualified) {
    return qualified.substring(qualified.indexOf(':') + 1);
  }

  private static String value(Attributes at, String name, String otherwise) {
    String value = at.getValue(name);
    return value == null ? otherwise : value;
  }
}
