// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads component descriptions: each component, what it provides and what it refers to. */
final class ComponentXml {
  private ComponentXml() {}

  static List<String> read(InputStream in) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    List<String> texts = new ArrayList<>();
    try {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      String name = "";
      List<String> provides = new ArrayList<>();
      List<String> refers = new ArrayList<>();
      while (xml.hasNext()) {
        int event = xml.next();
        boolean component =
            (event == XMLStreamConstants.START_ELEMENT || event == XMLStreamConstants.END_ELEMENT)
                && xml.getLocalName().equals("component");
        if (component && event == XMLStreamConstants.START_ELEMENT) {
          name = String.valueOf(xml.getAttributeValue(null, "name"));
          provides.clear();
          refers.clear();
        } else if (component) {
          texts.add(text(name, provides, refers));
        } else if (event == XMLStreamConstants.START_ELEMENT) {
          String type = xml.getAttributeValue(null, "interface");
          if (type != null && xml.getLocalName().equals("provide")) {
            provides.add(type);
          } else if (type != null && xml.getLocalName().equals("reference")) {
            refers.add(type);
          }
        }
      }
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException("a component description is not XML: " + e.getMessage(), e);
    }
    return texts;
  }

  private static String text(String name, List<String> provides, List<String> refers) {
    return name
        + (provides.isEmpty() ? "" : " provides " + String.join(", ", provides))
        + (refers.isEmpty() ? "" : " uses " + String.join(", ", refers));
  }
}
