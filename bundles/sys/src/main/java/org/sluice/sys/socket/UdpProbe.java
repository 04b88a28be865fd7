// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.sys.SysException;

/** What could be had at an address, found out with sockets that are closed at once. */
public final class UdpProbe {
  private UdpProbe() {}

  /**
   * One thing that was looked at.
   *
   * @param needed whether nothing works without it
   * @param why what was found, or what the kernel said
   * @param remedy empty when there is none
   */
  public record Answer(String what, boolean yes, boolean needed, String why, String remedy) {}

  /** Looks, on a free port of the address, so that nobody is kept from its own. */
  public static List<Answer> of(UdpBinding binding, UdpTuning tuning) {
    List<Answer> answers = new ArrayList<>();
    InetSocketAddress anyPort = new InetSocketAddress(binding.local().getAddress(), 0);
    UdpBinding free = new UdpBinding(anyPort, binding.only6(), binding.link(), true);
    try (UdpSocket socket = UdpSocket.open(free, tuning)) {
      answers.add(new Answer("address", true, true, binding.toString(), ""));
      if (tuning.receiveBuffer() > 0) {
        answers.add(
            buffer(
                "receive buffer",
                tuning.receiveBuffer(),
                socket.receiveBuffer(),
                "net.core.rmem_max"));
      }
      if (tuning.sendBuffer() > 0) {
        answers.add(
            buffer("send buffer", tuning.sendBuffer(), socket.sendBuffer(), "net.core.wmem_max"));
      }
      answers.add(steering(socket));
      Optional<String> trouble = socket.trouble();
      trouble.ifPresent(
          what -> answers.add(new Answer("link", false, false, what, "set it up: ip link set up")));
    } catch (SysException e) {
      answers.add(
          new Answer("address", false, true, String.valueOf(e.getMessage()), UdpSocket.advice(e)));
    }
    return answers;
  }

  private static Answer buffer(String what, int asked, int given, String limit) {
    // The kernel tells the double of what was asked for.
    return given / 2 >= asked
        ? new Answer(what, true, false, asked + " bytes", "")
        : new Answer(
            what,
            false,
            false,
            "%d bytes instead of %d, for want of CAP_NET_ADMIN".formatted(given / 2, asked),
            "grant CAP_NET_ADMIN, or raise " + limit);
  }

  private static Answer steering(UdpSocket socket) {
    try {
      socket.steer(new SteeringProgram(new int[] {0}, 0));
      return new Answer("steering", true, false, "by bytes of the payload", "");
    } catch (SysException e) {
      return new Answer("steering", false, false, String.valueOf(e.getMessage()), "");
    }
  }
}
