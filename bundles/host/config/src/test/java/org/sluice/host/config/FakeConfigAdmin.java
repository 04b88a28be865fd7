// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;

/** A Config Admin that tells the one listener it has at once, or when it is told to. */
final class FakeConfigAdmin {
  private final Map<String, Dictionary<String, ?>> held = new TreeMap<>();
  private final List<String> untold = new ArrayList<>();
  private @Nullable Object listener;
  private boolean holds;

  private static <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** Keeps what it is given, and tells nobody. */
  void hold() {
    holds = true;
  }

  void release() {
    holds = false;
    List<String> now = List.copyOf(untold);
    untold.clear();
    now.forEach(this::tell);
  }

  BundleContext context() {
    return fake(
        BundleContext.class,
        (proxy, method, args) ->
            switch (method.getName()) {
              case "registerService" -> {
                listener = args[1];
                yield fake(ServiceRegistration.class, (p, m, a) -> null);
              }
              case "getServiceReferences" -> List.of();
              default -> null;
            });
  }

  ConfigurationAdmin service() {
    return fake(
        ConfigurationAdmin.class,
        (proxy, method, args) ->
            switch (method.getName()) {
              case "getConfiguration" -> configuration(args[0].toString());
              case "getFactoryConfiguration" -> configuration(args[0] + "~" + args[1]);
              default -> null;
            });
  }

  @SuppressWarnings("unchecked")
  private Configuration configuration(String pid) {
    return fake(
        Configuration.class,
        (proxy, method, args) -> {
          switch (method.getName()) {
            case "update", "updateIfDifferent" -> {
              held.put(pid, (Dictionary<String, ?>) args[0]);
              untold.add(pid);
              if (!holds) {
                release();
              }
            }
            case "delete" -> held.remove(pid);
            default -> throw new UnsupportedOperationException(method.getName());
          }
          return method.getReturnType() == boolean.class ? true : null;
        });
  }

  private void tell(String pid) {
    ServiceReference<?> reference = fake(ServiceReference.class, (p, m, a) -> null);
    ((ConfigurationListener) Objects.requireNonNull(listener))
        .configurationEvent(event(reference, pid));
    try {
      Dictionary<String, ?> values = held.get(pid);
      if (values != null && values.get("count") != null) {
        ((ManagedService) listener).updated(values);
      }
    } catch (ConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static ConfigurationEvent event(ServiceReference<?> reference, String pid) {
    return new ConfigurationEvent(
        (ServiceReference<ConfigurationAdmin>) reference, ConfigurationEvent.CM_UPDATED, null, pid);
  }
}
