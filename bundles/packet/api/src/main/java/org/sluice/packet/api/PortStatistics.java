// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/**
 * What a port moved and lost since it was opened. Each number only rises; they are read one after
 * another while the port works, so they may be of slightly different moments.
 *
 * @param received packets handed to the holder
 * @param sent packets taken over from the holder and given to the kernel
 * @param receiveDropped packets that arrived and were lost before they could be received: no chunk
 *     was free, or the ring was full
 * @param receiveInvalid packets that arrived and could not be handed out, for example too long
 * @param sendDropped packets that the kernel refused for now, and the port gave up
 * @param sendInvalid packets that can never be sent: empty, too long, without an address
 * @param wakeups system calls made to have packets moved
 */
public record PortStatistics(
    long received,
    long receivedBytes,
    long sent,
    long sentBytes,
    long receiveDropped,
    long receiveInvalid,
    long sendDropped,
    long sendInvalid,
    long wakeups) {
  public static final PortStatistics NONE = new PortStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0);

  public PortStatistics plus(PortStatistics other) {
    return new PortStatistics(
        received + other.received,
        receivedBytes + other.receivedBytes,
        sent + other.sent,
        sentBytes + other.sentBytes,
        receiveDropped + other.receiveDropped,
        receiveInvalid + other.receiveInvalid,
        sendDropped + other.sendDropped,
        sendInvalid + other.sendInvalid,
        wakeups + other.wakeups);
  }
}
