// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.VariantMap;

/**
 * The objects of NetworkManager with their properties, as far as they matter here: first all of
 * them, then each change. Nothing has to be asked for again, because a signal tells the values that
 * changed, and an object that is new comes with all of its own.
 *
 * <p>For one thread at a time.
 */
final class Objects {
  static final String ROOT = "/org/freedesktop/NetworkManager";
  static final String HOST = "org.freedesktop.NetworkManager";
  static final String DEVICE = HOST + ".Device";
  static final String WIRED = DEVICE + ".Wired";
  static final String CONNECTION = HOST + ".Connection.Active";
  static final String IP4 = HOST + ".IP4Config";
  static final String IP6 = HOST + ".IP6Config";
  static final String DHCP4 = HOST + ".DHCP4Config";
  static final String DHCP6 = HOST + ".DHCP6Config";

  private static final Set<String> MATTER =
      Set.of(HOST, DEVICE, WIRED, CONNECTION, IP4, IP6, DHCP4, DHCP6);

  private static final VariantMap NOTHING = new VariantMap(Map.of());

  /** By path, then by interface. */
  private final Map<String, Map<String, VariantMap>> objects = new TreeMap<>();

  static boolean matters(String interfaceName) {
    return MATTER.contains(interfaceName);
  }

  void clear() {
    objects.clear();
  }

  /** What {@code GetManagedObjects} answered. */
  void all(VariantMap byPath) {
    clear();
    byPath.values().forEach((path, interfaces) -> added(path, interfaces.asMap()));
  }

  void added(String path, VariantMap interfaces) {
    interfaces
        .values()
        .forEach(
            (name, properties) -> {
              if (matters(name)) {
                objects.computeIfAbsent(path, _ -> new HashMap<>()).put(name, properties.asMap());
              }
            });
  }

  void removed(String path, List<String> interfaces) {
    Map<String, VariantMap> object = objects.get(path);
    if (object != null) {
      interfaces.forEach(object::remove);
      if (object.isEmpty()) {
        objects.remove(path);
      }
    }
  }

  /** False when nothing that matters changed. */
  boolean changed(String path, String interfaceName, VariantMap values) {
    Map<String, VariantMap> object = objects.get(path);
    VariantMap before = object == null ? null : object.get(interfaceName);
    if (object == null || before == null) {
      return false;
    }
    Map<String, DBusValue> now = new LinkedHashMap<>(before.values());
    now.putAll(values.values());
    VariantMap merged = new VariantMap(now);
    object.put(interfaceName, merged);
    return !merged.equals(before);
  }

  /** Nothing when there is no such object. */
  VariantMap of(String path, String interfaceName) {
    return objects.getOrDefault(path, Map.of()).getOrDefault(interfaceName, NOTHING);
  }

  /** The properties of the object that a property of a device names. */
  VariantMap ofDevice(String device, String property, String interfaceName) {
    return of(of(device, DEVICE).text(property).orElse("/"), interfaceName);
  }

  List<String> devices() {
    return objects.entrySet().stream()
        .filter(entry -> entry.getValue().containsKey(DEVICE))
        .map(Map.Entry::getKey)
        .toList();
  }

  boolean isDevice(String path) {
    return objects.getOrDefault(path, Map.of()).containsKey(DEVICE);
  }
}
