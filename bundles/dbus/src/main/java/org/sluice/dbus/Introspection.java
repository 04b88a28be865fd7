// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.Collection;
import java.util.List;

/** What an object can do, in the XML of the specification. Every name in it was checked before. */
final class Introspection {
  private static final String HEAD =
      """
      <!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN"
       "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
      <node>
      """;

  private static final String PEER =
      """
        <interface name="org.freedesktop.DBus.Peer">
          <method name="Ping"/>
          <method name="GetMachineId">
            <arg name="machine_uuid" type="s" direction="out"/>
          </method>
        </interface>
        <interface name="org.freedesktop.DBus.Introspectable">
          <method name="Introspect">
            <arg name="xml_data" type="s" direction="out"/>
          </method>
        </interface>
      """;

  private static final String PROPERTIES =
      """
        <interface name="org.freedesktop.DBus.Properties">
          <method name="Get">
            <arg name="interface_name" type="s" direction="in"/>
            <arg name="property_name" type="s" direction="in"/>
            <arg name="value" type="v" direction="out"/>
          </method>
          <method name="GetAll">
            <arg name="interface_name" type="s" direction="in"/>
            <arg name="properties" type="a{sv}" direction="out"/>
          </method>
          <method name="Set">
            <arg name="interface_name" type="s" direction="in"/>
            <arg name="property_name" type="s" direction="in"/>
            <arg name="value" type="v" direction="in"/>
          </method>
          <signal name="PropertiesChanged">
            <arg name="interface_name" type="s"/>
            <arg name="changed_properties" type="a{sv}"/>
            <arg name="invalidated_properties" type="as"/>
          </signal>
        </interface>
      """;

  private Introspection() {}

  /**
   * @param interfaces of the object; none where there are only objects below
   * @param children the next words of the paths below
   */
  static String of(List<ExportedInterface> interfaces, Collection<String> children) {
    StringBuilder out = new StringBuilder(HEAD).append(PEER);
    if (!interfaces.isEmpty()) {
      out.append(PROPERTIES);
    }
    interfaces.forEach(one -> add(out, one));
    children.forEach(child -> out.append("  <node name=\"").append(child).append("\"/>\n"));
    return out.append("</node>\n").toString();
  }

  private static void add(StringBuilder out, ExportedInterface one) {
    out.append("  <interface name=\"").append(one.name()).append("\">\n");
    for (ExportedMethod method : one.methods()) {
      out.append("    <method name=\"").append(method.name()).append("\">\n");
      method.in().forEach(parameter -> add(out, parameter, " direction=\"in\""));
      method.out().forEach(parameter -> add(out, parameter, " direction=\"out\""));
      out.append("    </method>\n");
    }
    for (ExportedProperty property : one.properties()) {
      out.append("    <property name=\"").append(property.name());
      out.append("\" type=\"").append(property.type().value());
      out.append("\" access=\"").append(property.writer().isPresent() ? "readwrite" : "read");
      out.append("\"/>\n");
    }
    for (ExportedSignal signal : one.signals()) {
      out.append("    <signal name=\"").append(signal.name()).append("\">\n");
      signal.parameters().forEach(parameter -> add(out, parameter, ""));
      out.append("    </signal>\n");
    }
    out.append("  </interface>\n");
  }

  private static void add(StringBuilder out, Parameter parameter, String direction) {
    out.append("      <arg name=\"").append(parameter.name());
    out.append("\" type=\"").append(parameter.type().value()).append('"');
    out.append(direction).append("/>\n");
  }
}
