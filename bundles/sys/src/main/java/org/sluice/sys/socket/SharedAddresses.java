// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;

/**
 * Opens and closes sockets that share an address, and keeps the kernel's choice among them right.
 * Any thread.
 *
 * <p>The kernel keeps the sockets of an address in the order in which they were bound, and puts the
 * last one in the place of one that goes. The same is done here, so that a member is found by its
 * number whatever comes and goes. It cannot be known when a foreign process of the same user shares
 * the address too.
 */
public final class SharedAddresses {
  private static final String CALL = "sharing an address";

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, List<Seat>> seats = new HashMap<>();

  /**
   * Which of the sockets a socket is, and how datagrams are given out.
   *
   * @param members how many there are
   * @param offset in the payload of the four bytes that decide, as a number modulo members; -1 for
   *     the kernel's choice
   */
  public record Membership(int index, int members, int offset) {}

  private record Key(long network, UdpBinding binding) {}

  private record Seat(UdpSocket socket, Membership membership) {}

  /**
   * Opens a socket as one of those that share an address.
   *
   * @throws SysException when it cannot be bound, or does not fit the others
   */
  public UdpSocket open(UdpBinding binding, UdpTuning tuning, Membership membership)
      throws SysException {
    lock.lock();
    try {
      UdpSocket socket = UdpSocket.open(binding, tuning);
      boolean seated = false;
      try {
        List<Seat> row = seats.computeIfAbsent(key(socket), key -> new ArrayList<>());
        fits(socket, membership, row);
        row.add(new Seat(socket, membership));
        seated = true;
        steer(row);
        return socket;
      } catch (SysException | RuntimeException e) {
        if (seated) {
          close(socket);
        } else {
          forgetIfEmpty(key(socket));
          socket.close();
        }
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes a socket that was opened here; others are closed as they are. */
  public void close(UdpSocket socket) {
    lock.lock();
    try {
      Key key = key(socket);
      List<Seat> row = seats.getOrDefault(key, List.of());
      int place = 0;
      while (place < row.size() && row.get(place).socket() != socket) {
        place++;
      }
      socket.close();
      if (place == row.size()) {
        return;
      }
      Seat last = row.removeLast();
      if (place < row.size()) {
        row.set(place, last);
      }
      steer(row);
      forgetIfEmpty(key);
    } catch (SysException e) {
      // The old program stays. It may choose wrong members until the next one comes or goes; there
      // is nobody to whom closing could fail.
    } finally {
      lock.unlock();
    }
  }

  private void forgetIfEmpty(Key key) {
    List<Seat> row = seats.get(key);
    if (row != null && row.isEmpty()) {
      seats.remove(key);
    }
  }

  private static void fits(UdpSocket socket, Membership membership, List<Seat> row)
      throws SysException {
    for (Seat seat : row) {
      Membership other = seat.membership();
      if (other.index() == membership.index()) {
        throw unfit(socket, "member " + other.index() + " is there already");
      }
      if (other.members() != membership.members() || other.offset() != membership.offset()) {
        throw unfit(
            socket,
            "the others are %d by bytes at %d, this one is of %d at %d"
                .formatted(
                    other.members(), other.offset(), membership.members(), membership.offset()));
      }
    }
  }

  private static SysException unfit(UdpSocket socket, String why) {
    return new SysException("UDP socket at " + socket.binding(), CALL, Errno.EEXIST.number(), why);
  }

  private static void steer(List<Seat> row) throws SysException {
    if (row.isEmpty() || row.getFirst().membership().offset() < 0) {
      return;
    }
    Membership any = row.getFirst().membership();
    int[] places = new int[any.members()];
    Arrays.fill(places, -1);
    for (int place = 0; place < row.size(); place++) {
      places[row.get(place).membership().index()] = place;
    }
    row.getFirst().socket().steer(new SteeringProgram(places, any.offset()));
  }

  private static Key key(UdpSocket socket) {
    UdpBinding binding = socket.binding();
    return new Key(
        socket.network(),
        new UdpBinding(socket.local(), binding.only6(), binding.link(), binding.shared()));
  }
}
