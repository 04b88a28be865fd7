// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.util.List;
import java.util.Map;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.driver.Options;

/**
 * What can be said to this driver alone.
 *
 * @param attach {@code xdp.attach}: where the program runs
 * @param copy {@code xdp.copy}: who moves the bytes
 * @param wakeup {@code xdp.wakeup}: whether the kernel is told when to work, true unless said
 *     otherwise
 * @param budget {@code xdp.budget}: frames that one call sends at most, 128 unless said otherwise
 * @param sender {@code xdp.sender}: the queue that sends; the last one unless said otherwise
 * @param multiBuffer {@code xdp.multibuffer}: whether packets may lie in several chunks; true
 *     unless said otherwise
 * @param busyPoll {@code xdp.busypoll}: microseconds; 0, which it is unless said otherwise, leaves
 *     it to interrupts
 * @param map {@code xdp.map}: a file where the map of sockets of somebody else's program is pinned;
 *     no program is attached then
 * @param pin {@code xdp.pin}: a file to which the map of sockets is pinned, as long as the program
 *     is attached
 * @param replace {@code xdp.replace}: whether somebody else's program is detached; false unless
 *     said otherwise
 * @param metadata {@code xdp.metadata}: whether the interface is asked what it knows of a packet;
 *     false unless said otherwise
 * @param finish {@code xdp.tx-metadata}: who does what frames ask for that are sent
 * @param with {@code xdp.with}: further interfaces whose frames lie in the same memory, for {@code
 *     RawRings}
 */
record XdpOptions(
    Attach attach,
    Copy copy,
    boolean wakeup,
    int budget,
    int sender,
    boolean multiBuffer,
    int busyPoll,
    String map,
    String pin,
    boolean replace,
    boolean metadata,
    Finish finish,
    List<String> with) {

  enum Attach {
    /** In the driver of the interface if it can, else in the kernel. */
    AUTO,
    NATIVE,
    GENERIC
  }

  enum Copy {
    /** The interface if it can, else the kernel. */
    AUTO,
    /** The kernel. */
    COPY,
    /** The interface, or nobody. */
    ZERO
  }

  enum Finish {
    /** Nobody: frames leave as they are. */
    NONE,
    /** The interface; the kernel when it cannot. */
    INTERFACE,
    /** The kernel. */
    SOFTWARE
  }

  static final int NO_QUEUE = -1;
  private static final int BUDGET = 128;

  static XdpOptions of(Map<String, String> all) throws PortException {
    Options options = new Options(XdpDriver.NAME, all);
    XdpOptions read =
        new XdpOptions(
            options.word("attach", Attach.AUTO),
            options.word("copy", Copy.AUTO),
            options.flag("wakeup", true),
            options.number("budget", BUDGET, 1, 4096),
            options.number("sender", NO_QUEUE, 0, 1 << 16),
            options.flag("multibuffer", true),
            options.number("busypoll", 0, 0, 1_000_000),
            options.text("map"),
            options.text("pin"),
            options.flag("replace", false),
            options.flag("metadata", false),
            options.word("tx-metadata", Finish.NONE),
            options.list("with"));
    options.end();
    return read;
  }
}
