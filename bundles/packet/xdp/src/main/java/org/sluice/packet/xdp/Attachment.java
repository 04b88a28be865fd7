// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.sys.Errno;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;
import org.sluice.sys.bpf.BpfLink;
import org.sluice.sys.bpf.BpfMap;
import org.sluice.sys.bpf.BpfProgram;
import org.sluice.sys.bpf.EbpfCode;
import org.sluice.sys.bpf.XdpOccupant;
import org.sluice.sys.xdp.XdpSocket;

/**
 * The program in the way of one interface, which all ports on it share: its queues may belong to
 * different ports that take different things. Attached as long as there is a port.
 */
final class Attachment implements Way {
  private static final String NAME = "sluice";

  private final String link;
  private final int index;
  private final BpfLink.Mode mode;
  private final boolean fragments;
  private final BpfMap sockets;
  private final BpfLink attached;
  private final Optional<Pin> pin;
  private final String replaced;
  private final Optional<Hints> hints;
  private final String hintless;
  private final Map<Integer, Match> matches = new TreeMap<>();
  private int program;
  private int ports;

  private Attachment(
      NetworkInterface on,
      InterfaceFacts facts,
      BpfLink.Mode mode,
      boolean fragments,
      BpfMap sockets,
      BpfProgram program,
      Optional<Pin> pin,
      String replaced,
      Optional<Hints> hints,
      String hintless)
      throws SysException {
    link = facts.name();
    index = on.index();
    this.mode = mode;
    this.fragments = fragments;
    this.sockets = sockets;
    this.program = program.id();
    this.pin = pin;
    this.replaced = replaced;
    this.hints = hints;
    this.hintless = hintless;
    attached = BpfLink.attach(program, link, index, mode);
  }

  /**
   * Attaches a program that takes nothing yet.
   *
   * @throws PortException when another program is there, or the interface knows none of the modes
   */
  static Attachment attach(NetworkInterface on, XdpOptions options) throws PortException {
    try {
      InterfaceFacts facts = on.facts();
      int entries = Math.max(facts.receiveQueues(), 1);
      BpfMap sockets = BpfMap.create(NAME + "_sockets", BpfMap.Kind.SOCKETS, 4, entries);
      Optional<Pin> pin = Optional.empty();
      try {
        if (!options.pin().isEmpty()) {
          pin = Optional.of(Pin.of(sockets, Path.of(options.pin())));
        }
        return attach(on, facts, options, sockets, pin);
      } catch (SysException | PortException | RuntimeException e) {
        pin.ifPresent(Pin::close);
        sockets.close();
        throw e;
      }
    } catch (SysException e) {
      throw new PortException(XdpDriver.advice(e), e);
    }
  }

  private static Attachment attach(
      NetworkInterface on,
      InterfaceFacts facts,
      XdpOptions options,
      BpfMap sockets,
      Optional<Pin> pin)
      throws SysException, PortException {
    boolean fragments = options.multiBuffer();
    String replaced = "";
    @Nullable SysException refused = null;
    for (BpfLink.Mode tried : modes(options.attach())) {
      String hintless = "";
      Optional<Hints> hints = Optional.empty();
      if (options.metadata()) {
        try {
          hints = Optional.of(hints(on, sockets, tried, fragments));
        } catch (SysException e) {
          hintless = String.valueOf(e.getMessage());
        }
      }
      try (BpfProgram program = load(on.index(), Map.of(), sockets, fragments, hints)) {
        try {
          return new Attachment(
              on, facts, tried, fragments, sockets, program, pin, replaced, hints, hintless);
        } catch (SysException e) {
          // Only now is it sure that there is something to put in the place of the other one.
          replaced = evict(e, on.facts(), options);
          return new Attachment(
              on, facts, tried, fragments, sockets, program, pin, replaced, hints, hintless);
        }
      } catch (SysException e) {
        occupied(e, on.facts());
        refused = refused == null ? e : refused;
        if (options.attach() != XdpOptions.Attach.AUTO || !unable(e)) {
          throw e;
        }
      }
    }
    throw refused == null
        ? new SysException(facts.name(), "BPF_LINK_CREATE", Errno.ENOTSUP.number())
        : refused;
  }

  private static BpfProgram load(
      int index,
      Map<Integer, Match> matches,
      BpfMap sockets,
      boolean fragments,
      Optional<Hints> hints)
      throws SysException {
    EbpfCode code = MatchProgram.of(matches, sockets, hints);
    return hints.isPresent()
        ? BpfProgram.loadFor(index, NAME, code, fragments)
        : BpfProgram.load(NAME, code, fragments);
  }

  /**
   * What the interface can be asked by.
   *
   * @throws SysException when it cannot be asked
   */
  static Hints hints(NetworkInterface on, BpfMap sockets, BpfLink.Mode mode, boolean fragments)
      throws SysException {
    if (mode == BpfLink.Mode.GENERIC) {
      throw new SysException(
          "metadata of packets",
          "BPF_LINK_CREATE",
          Errno.ENOTSUP.number(),
          "only a native program can ask the interface");
    }
    Hints hints = Hints.ofKernel();
    load(on.index(), Map.of(0, Match.everything()), sockets, fragments, Optional.of(hints)).close();
    return hints;
  }

  /** The better one first. */
  private static List<BpfLink.Mode> modes(XdpOptions.Attach wish) {
    return switch (wish) {
      case AUTO -> List.of(BpfLink.Mode.NATIVE, BpfLink.Mode.GENERIC);
      case NATIVE -> List.of(BpfLink.Mode.NATIVE);
      case GENERIC -> List.of(BpfLink.Mode.GENERIC);
    };
  }

  /** Whether the interface cannot do this, so that something else is worth a try. */
  private static boolean unable(SysException e) {
    return switch (e.errno()) {
      case ENOTSUP, EINVAL, ERANGE, ENOSYS -> true;
      default -> false;
    };
  }

  /**
   * Detaches the program that was in the way, if that is wished.
   *
   * @return what it was
   * @throws SysException the same one when nothing was in the way, or it is to stay
   */
  private static String evict(SysException refused, InterfaceFacts facts, XdpOptions options)
      throws SysException, PortException {
    Optional<XdpOccupant> other = XdpOccupant.of(facts);
    if (!options.replace() || !taken(refused) || other.isEmpty()) {
      throw refused;
    }
    try {
      other.get().detach();
      return other.get().text();
    } catch (SysException e) {
      throw new PortException(
          "interface %s: another XDP program is attached, and xdp.replace could not detach it: %s%s"
              .formatted(
                  facts.name(),
                  e.getMessage(),
                  e.errno() == Errno.EPERM || e.errno() == Errno.EACCES
                      ? " \u2014 to get at the program of somebody else takes CAP_SYS_ADMIN"
                      : ""),
          e);
    }
  }

  private static boolean taken(SysException e) {
    return e.errno() == Errno.EBUSY || e.errno() == Errno.EEXIST;
  }

  private static void occupied(SysException e, InterfaceFacts facts) throws PortException {
    if (!taken(e)) {
      return;
    }
    throw new PortException(
        "interface %s: another XDP program is attached%s, and stays; detach it where it came from, share it by xdp.map, or have it replaced by xdp.replace=true"
            .formatted(
                facts.name(),
                XdpOccupant.of(facts).map(other -> " (" + other.text() + ")").orElse("")),
        e);
  }

  @Override
  public synchronized void free(int queue) throws PortException {
    if (matches.containsKey(queue)) {
      throw new PortException(
          "interface %s, queue %d: another port takes %s there already"
              .formatted(link, queue, matches.get(queue)));
    }
  }

  @Override
  public synchronized void add(int queue, Match match, XdpSocket socket)
      throws SysException, PortException {
    free(queue);
    socket.enter(sockets, queue);
    matches.put(queue, match);
    try {
      replace();
    } catch (SysException e) {
      matches.remove(queue);
      sockets.remove(queue);
      throw e;
    }
  }

  @Override
  public synchronized void change(Collection<Integer> queues, Match match) throws SysException {
    Map<Integer, Match> before = new TreeMap<>(matches);
    queues.forEach(queue -> matches.put(queue, match));
    try {
      replace();
    } catch (SysException e) {
      matches.putAll(before);
      throw e;
    }
  }

  @Override
  public synchronized void remove(Collection<Integer> queues) throws SysException {
    boolean fewer = false;
    for (int queue : queues) {
      if (matches.remove(queue) != null) {
        sockets.remove(queue);
        fewer = true;
      }
    }
    if (fewer) {
      replace();
    }
  }

  /** There is one more port, which may not have added anything yet. */
  synchronized void join() {
    ports++;
  }

  /** Whether no port is left. */
  synchronized boolean leave() {
    return --ports == 0;
  }

  private void replace() throws SysException {
    try (BpfProgram next = load(index, matches, sockets, fragments, hints)) {
      attached.replace(next);
      program = next.id();
    }
  }

  synchronized void close() {
    attached.close();
    pin.ifPresent(Pin::close);
    sockets.close();
  }

  @Override
  public String metadata() {
    return hints.isPresent() ? "time, hash and VLAN, as far as the interface knows" : hintless;
  }

  @Override
  public String mode() {
    return mode.text();
  }

  @Override
  public synchronized String text() {
    return mode.text()
        + ", program "
        + program
        + (replaced.isEmpty() ? "" : ", in the place of: " + replaced);
  }
}
