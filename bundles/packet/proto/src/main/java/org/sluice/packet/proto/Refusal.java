// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

/** Why bytes are not what they are taken for; {@link #NONE} when they are. */
public enum Refusal {
  NONE("sound"),
  TRUNCATED("cut off"),
  VERSION("not of this version of IP"),
  HEADER_LENGTH("its header is said to be shorter than it must be"),
  LENGTH("its length contradicts what is around it"),
  OPTIONS("its options do not fit into their place"),
  CHAIN("its extension headers are too many, or in an order that is not allowed"),
  TYPE("of a type that is not known here"),
  VALUE("a field has a value that is not allowed"),
  CHECKSUM("its checksum is wrong");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  public boolean ok() {
    return this == NONE;
  }

  /** For people, to follow the name of the protocol. */
  public String words() {
    return words;
  }
}
