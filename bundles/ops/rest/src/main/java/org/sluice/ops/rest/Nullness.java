// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which components of a record may be null. Their annotation is for the compiler and is not there
 * at run time, so that reflection cannot show it; but it is written in the class file.
 */
final class Nullness {
  private static final String NULLABLE = "Lorg/jspecify/annotations/Nullable;";

  private Nullness() {}

  /** Names of the components; none when the class file cannot be had. */
  static Set<String> nullable(Class<?> record) {
    String name = record.getName();
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = record.getResourceAsStream(file)) {
      return in == null ? Set.of() : nullable(ClassFile.of().parse(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException("reading the class file of " + record.getName(), e);
    }
  }

  private static Set<String> nullable(ClassModel model) {
    return model.findAttribute(Attributes.record()).stream()
        .flatMap(record -> record.components().stream())
        .filter(Nullness::marked)
        .map(component -> component.name().stringValue())
        .collect(Collectors.toSet());
  }

  /** At the type itself, not at a part of it such as the items of a list. */
  private static boolean marked(RecordComponentInfo component) {
    return component.findAttribute(Attributes.runtimeVisibleTypeAnnotations()).stream()
        .flatMap(all -> all.annotations().stream())
        .anyMatch(
            one ->
                one.targetPath().isEmpty() && one.annotation().className().equalsString(NULLABLE));
  }
}
