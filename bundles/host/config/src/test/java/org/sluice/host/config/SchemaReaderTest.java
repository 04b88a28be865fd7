// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemaReaderTest {

  static List<Schema> read(String xml) throws IOException {
    return SchemaReader.read(
        "test 1.0", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static Attribute attribute(Schema schema, String id) {
    return Objects.requireNonNull(schema.attribute(id), id);
  }

  @Test
  void readsWhatABundleSays() throws IOException {
    Schema schema =
        read("""
                <?xml version="1.0"?>
                <metatype:MetaData xmlns:metatype="http://www.osgi.org/xmlns/metatype/v1.4.0">
                  <OCD id="o" name="Name" description="What it does.">
                    <AD id="times" type="Integer" min="1" max="100" default="3" name="T" description="D"/>
                    <AD id="mode" type="String" default="PLAIN" required="false">
                      <Option label="Plain" value="PLAIN"/><Option label="Loud" value="LOUD"/>
                    </AD>
                    <AD id="tags" type="String" cardinality="2147483647" default="a\\,b,c"/>
                    <AD id="none" type="String" cardinality="3" default=""/>
                    <AD id="must" type="Long"/>
                    <AD id="text" type="String" default="a,b"/>
                    <AD id="letter" type="Char" min="odd"/>
                  </OCD>
                  <Designate pid="the.pid"><Object ocdref="o"/></Designate>
                  <Designate factoryPid="many.pid"><Object ocdref="o"/></Designate>
                  <Designate pid="lost.pid"><Object ocdref="nowhere"/></Designate>
                </metatype:MetaData>
                """)
            .getFirst();
    assertEquals("the.pid", schema.pid());
    assertEquals("What it does.", schema.description());
    Attribute times = attribute(schema, "times");
    assertEquals(AttributeType.INTEGER, times.type());
    assertEquals(new BigDecimal(1), times.min());
    assertEquals("1 to 100", times.allowed());
    assertEquals(List.of("3"), times.defaults());
    assertEquals(List.of("PLAIN", "LOUD"), attribute(schema, "mode").options());
    assertEquals(List.of("a,b", "c"), attribute(schema, "tags").defaults());
    assertEquals(List.of(), attribute(schema, "none").defaults());
    assertNull(attribute(schema, "must").defaults());
    assertTrue(attribute(schema, "must").required());
    assertEquals(List.of("a,b"), attribute(schema, "text").defaults());
    assertEquals(AttributeType.CHARACTER, attribute(schema, "letter").type());
    assertNull(attribute(schema, "letter").min());
  }

  @Test
  void tellsManyFromOne() throws IOException {
    List<Schema> schemas =
        read(
            "<MetaData><OCD id='o'/><Designate factoryPid='m'><Object ocdref='o'/></Designate>"
                + "<Designate pid='s'><Object ocdref='o'/></Designate></MetaData>");
    assertTrue(schemas.get(0).many());
    assertEquals("m", schemas.get(0).pid());
    assertTrue(!schemas.get(1).many());
  }

  @Test
  void opensNothingThatTheFileNames() {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                read(
                    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
                        + "<MetaData><OCD id='o' name='&e;'/></MetaData>"));
    assertTrue(String.valueOf(e.getMessage()).contains("DOCTYPE"), e::toString);
  }

  @Test
  void saysWhenItIsNotWellFormed() {
    assertThrows(IOException.class, () -> read("<MetaData><OCD></MetaData>"));
    assertThrows(
        IOException.class,
        () -> read("<MetaData><OCD id='o'><AD id='a' cardinality='many'/></OCD></MetaData>"));
  }
}
