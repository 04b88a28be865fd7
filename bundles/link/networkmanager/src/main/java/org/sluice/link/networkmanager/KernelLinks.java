// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.sluice.link.api.LinkName;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkDump;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkSocket;

/**
 * The index of a link, of which NetworkManager tells only the name; 0 when there is none. The
 * kernel is asked for all links: the JDK knows none that has no address. What it answered is kept
 * until a name is asked for that is not among them, or until {@link #forget}.
 *
 * <p>For one thread at a time.
 */
final class KernelLinks {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.networkmanager");
  private static final int BUFFER = 1024 * 1024;
  private static final int NEW_LINK = 16;
  private static final int GET_LINK = 18;
  private static final int HEADER = 16;
  private static final int IFLA_IFNAME = 3;
  private static final int IFLA_EXT_MASK = 29;
  private static final int SKIP_STATISTICS = 1 << 3;
  private static final int ATTEMPTS = 5;

  private final Map<String, Integer> byName = new HashMap<>();

  int index(String name) {
    if (name.isEmpty() || name.length() > 64) {
      return 0;
    }
    String printable = LinkName.printable(name.getBytes(StandardCharsets.UTF_8));
    if (!byName.containsKey(printable)) {
      look();
    }
    return byName.getOrDefault(printable, 0);
  }

  /** A name may stand for another link by now. */
  void forget() {
    byName.clear();
  }

  private void look() {
    try (NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE, BUFFER)) {
      NetlinkDump dump = new NetlinkDump(socket);
      NetlinkDump.End end = NetlinkDump.End.INTERRUPTED;
      for (int i = 0; i < ATTEMPTS && end == NetlinkDump.End.INTERRUPTED; i++) {
        byName.clear();
        end =
            dump.ask(
                "links",
                GET_LINK,
                request -> {
                  for (int at = 0; at < HEADER; at++) {
                    request.u8(0);
                  }
                  request.attributeU32(IFLA_EXT_MASK, SKIP_STATISTICS);
                },
                this::take);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the names of links: {0}", e.getMessage());
    }
  }

  private void take(NetlinkMessage message) throws MalformedMessageException {
    if (message.type() != NEW_LINK || message.u8(0) != 0) {
      return;
    }
    NetlinkAttributes attributes = message.attributes(HEADER);
    while (attributes.next()) {
      if (attributes.type() == IFLA_IFNAME) {
        byName.put(LinkName.printable(attributes.text()), message.s32(4));
      }
    }
  }
}
