// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * A bundle as a command's argument: its number, or its symbolic name. Gogo's own commands, such as
 * {@code felix:stop}, want the object.
 */
@Component
public final class BundleArgument implements Converter {
  private final BundleContext context;

  @Activate
  public BundleArgument(BundleContext context) {
    this.context = context;
  }

  @Override
  public @Nullable Object convert(Class<?> desiredType, Object in) {
    if (desiredType != Bundle.class || !(in instanceof CharSequence || in instanceof Number)) {
      return null;
    }
    String text = in.toString();
    return text.matches("\\d{1,18}")
        ? context.getBundle(Long.parseLong(text))
        : newest(text).orElse(null);
  }

  private Optional<Bundle> newest(String name) {
    return Arrays.stream(context.getBundles())
        .filter(b -> name.equals(b.getSymbolicName()))
        .max(Comparator.comparing(Bundle::getVersion).thenComparing(Bundle::getBundleId));
  }

  @Override
  public @Nullable CharSequence format(Object target, int level, Converter escape) {
    return null;
  }
}
