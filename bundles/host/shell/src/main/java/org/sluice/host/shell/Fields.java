// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names and values of a record's components. */
final class Fields {
  private Fields() {}

  static @Nullable Object value(Record record, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      // A record in a package that is not exported is still data its owner chose to hand out.
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(
          "reading " + component.getName() + " of " + record.getClass().getName(), e);
    }
  }

  /** {@code gapMillis} becomes {@code gap millis}. */
  static String words(String name) {
    return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
