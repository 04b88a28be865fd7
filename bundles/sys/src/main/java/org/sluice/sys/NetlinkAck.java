// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.nio.charset.StandardCharsets;

/**
 * What the kernel answered to a request, from {@link NetlinkMessage#ERROR} or {@link
 * NetlinkMessage#DONE}.
 *
 * @param sequence of the request
 * @param errno positive; 0 when it was done
 * @param text what the kernel adds in words (extended acknowledgement); often empty
 * @param missing the type of the attribute that should have been there; 0 when that is not it
 */
public record NetlinkAck(int sequence, int errno, String text, int missing) {
  private static final int FLAG_CAPPED = 0x100;
  private static final int FLAG_ATTRIBUTES = 0x200;
  private static final int TEXT = 1;
  private static final int MISSING_TYPE = 5;

  public boolean done() {
    return errno == 0;
  }

  /** Reads the message that {@code message} stands at. */
  public static NetlinkAck of(NetlinkMessage message) throws MalformedMessageException {
    boolean end = message.type() == NetlinkMessage.DONE;
    // Some families end a dump without telling its result.
    int error = end && message.length() < 4 ? 0 : message.s32(0);
    String text = "";
    int missing = 0;
    if ((message.flags() & FLAG_ATTRIBUTES) != 0) {
      NetlinkAttributes attributes = message.attributes(fixed(message, end));
      while (attributes.next()) {
        switch (attributes.type()) {
          case TEXT -> text = new String(attributes.text(), StandardCharsets.UTF_8);
          case MISSING_TYPE -> missing = attributes.s32();
          default -> {}
        }
      }
    }
    return new NetlinkAck(message.sequence(), Math.abs(error), text, missing);
  }

  /** An error repeats the header of the request, and unless capped its payload too. */
  private static int fixed(NetlinkMessage message, boolean end) throws MalformedMessageException {
    if (end) {
      return 4;
    }
    int request = message.s32(4);
    if ((message.flags() & FLAG_CAPPED) != 0 || message.s32(0) == 0) {
      return 4 + NetlinkMessage.HEADER;
    }
    if (request < NetlinkMessage.HEADER || request > message.length()) {
      throw new MalformedMessageException(
          "netlink error: repeats a request of " + request + " bytes in " + message.length());
    }
    return 4 + ((request + 3) & ~3);
  }
}
