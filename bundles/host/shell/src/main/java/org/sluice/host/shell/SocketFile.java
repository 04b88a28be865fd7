// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/**
 * The listening socket and its place in the file system.
 *
 * <p>It is bound in a folder that nobody else can enter, given its mode and group there, and then
 * renamed into place: there is no moment in which it can be reached with wrong rights, and a socket
 * left by a dead process is replaced in one step.
 */
final class SocketFile implements AutoCloseable {
  /** {@code sun_path} of {@code sockaddr_un} without its closing zero. */
  private static final int LONGEST = 107;

  private final Path path;
  private final ServerSocketChannel channel;
  private final UserPrincipal owner;

  private SocketFile(Path path, ServerSocketChannel channel, UserPrincipal owner) {
    this.path = path;
    this.channel = channel;
    this.owner = owner;
  }

  /**
   * @param group who else may connect; empty for nobody
   * @throws IOException with what to do about it; when somebody listens there already, that
   */
  static SocketFile listen(Path path, String group) throws IOException {
    refuseLive(path);
    return open(path, group);
  }

  /** Takes the place of this one in one step: nobody finds the door closed. */
  SocketFile replace(String group) throws IOException {
    return open(path, group);
  }

  private static SocketFile open(Path path, String group) throws IOException {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST) {
      throw new IOException(
          "listen on %s: its name has %d bytes and the system allows %d; choose a shorter --home"
              .formatted(path, length, LONGEST));
    }
    Path folder = path.resolveSibling(".new");
    Path unborn = folder.resolve("s");
    Files.createDirectories(path.resolveSibling("."));
    Files.deleteIfExists(unborn);
    Files.deleteIfExists(folder);
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(unborn), 128);
      restrict(unborn, group);
      UserPrincipal owner = Files.getOwner(unborn, LinkOption.NOFOLLOW_LINKS);
      Files.move(unborn, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(folder);
      return new SocketFile(path, channel, owner);
    } catch (IOException | RuntimeException e) {
      channel.close();
      Files.deleteIfExists(unborn);
      Files.deleteIfExists(folder);
      throw e;
    }
  }

  private static void refuseLive(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean answered;
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      answered = probe.isConnected();
    } catch (IOException e) {
      // Nobody listens: what is left of a process that died.
      answered = false;
    }
    if (answered) {
      throw new IOException(
          "listen on %s: another process serves there; stop it or choose another --home"
              .formatted(path));
    }
  }

  private static void restrict(Path socket, String group) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(socket, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    if (group.isEmpty()) {
      return;
    }
    GroupPrincipal principal;
    try {
      principal =
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByGroupName(group);
    } catch (IOException e) {
      throw new IOException(
          "open the control socket to group %s: there is no such group: groupadd %s"
              .formatted(group, group),
          e);
    }
    try {
      view.setGroup(principal);
    } catch (IOException e) {
      throw new IOException(
          "open the control socket to group %s: %s; run as root or as a member of the group"
              .formatted(group, e.getMessage()),
          e);
    }
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw----"));
  }

  Path path() {
    return path;
  }

  /** Whose process this is, as the kernel saw it when the socket was made. */
  UserPrincipal owner() {
    return owner;
  }

  SocketChannel accept() throws IOException {
    return channel.accept();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** Leaves the file to a socket that has already taken its place. */
  void retire() throws IOException {
    channel.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }
}
