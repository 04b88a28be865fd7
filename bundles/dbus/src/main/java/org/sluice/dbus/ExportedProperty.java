// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A property others may read, and write if there is a writer.
 *
 * @param reader gives the value it has now, of its type; called on the thread of the {@link Bus},
 *     or on that which calls {@link ExportedObject#changed}
 */
public record ExportedProperty(
    String name, Signature type, Supplier<DBusValue> reader, Optional<Writer> writer) {
  public ExportedProperty {
    Names.checkMember(name);
    if (!type.single()) {
      throw new IllegalArgumentException("not one complete type: " + type.value());
    }
  }

  /** One that can only be read. */
  public ExportedProperty(String name, String type, Supplier<DBusValue> reader) {
    this(name, new Signature(type), reader, Optional.empty());
  }

  /** Takes a new value. */
  @FunctionalInterface
  public interface Writer {

    /**
     * Threads and failures as with {@link ExportedMethod.Handler}.
     *
     * @param value of the type of the property, without its variant
     */
    CompletionStage<?> write(String sender, DBusValue value) throws ErrorReplyException;
  }
}
