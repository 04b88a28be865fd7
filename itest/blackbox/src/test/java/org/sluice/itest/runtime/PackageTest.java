// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;

/** What is packed: the tarball, the unit, the Debian package; and that removing leaves nothing. */
class PackageTest {
  @TempDir static @Nullable Path shared;

  private static Path folder() {
    if (shared == null) {
      throw new IllegalStateException("JUnit made no folder");
    }
    return shared;
  }

  @BeforeAll
  static void pack() throws Exception {
    Shell.pack(folder());
  }

  private static Path unpack(String where) throws Exception {
    Path to = Files.createDirectories(folder().resolve(where));
    Path tar = folder().resolve("sluice-0.1.0.tar.gz");
    assertEquals(0, Shell.run("tar", "-C", to.toString(), "-xf", tar.toString()).exit());
    return to.resolve("sluice-0.1.0");
  }

  @Test
  void holdWhatTheResolverFoundAndNothingElse() throws Exception {
    Path dist = unpack("contents");
    Set<String> rooms;
    try (var files = Files.list(dist)) {
      rooms =
          files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
    }
    assertEquals(
        Set.of("LICENSE", "bin", "bundles", "configs", "hooks.d", "lib", "plugins", "var"), rooms);
    Set<String> jars;
    try (var files = Files.list(dist.resolve("bundles"))) {
      jars =
          files.map(f -> f.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
    }
    Set<String> listed =
        Files.readAllLines(dist.resolve("lib/bundles.list")).stream()
            .map(line -> line.substring(line.indexOf(' ') + 1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(listed, jars);
    String resolved = Files.readString(SluiceProcess.ROOT.resolve("cnf/sluice.bndrun"));
    resolved = resolved.substring(resolved.indexOf("-runbundles:"));
    assertEquals(resolved.lines().filter(line -> line.startsWith("\t")).count(), jars.size());
  }

  @Test
  void leaveNothingWritableForOthers() throws Exception {
    // Built by somebody who lets everybody write.
    Path root = SluiceProcess.ROOT.toRealPath();
    Path checkout = folder().resolve("open");
    Path target = Files.createDirectories(checkout.resolve("runtime/target"));
    Path packed = folder().resolve("packed open");
    Files.createSymbolicLink(checkout.resolve("runtime/package"), root.resolve("runtime/package"));
    Files.copy(root.resolve("LICENSE"), checkout.resolve("LICENSE"));
    String built = root.resolve("runtime/target/dist").toString();
    assertEquals(0, Shell.run("cp", "-a", built, target.toString()).exit());
    assertEquals(0, Shell.run("chmod", "-R", "a+w", target.toString()).exit());
    Shell.Ended ended =
        Shell.run(
            root.resolve("runtime/package/dist").toString(),
            checkout.toString(),
            packed.toString());
    assertEquals(0, ended.exit(), ended.text());
    Path tar = packed.resolve("sluice-0.1.0.tar.gz");
    Path to = Files.createDirectories(folder().resolve("modes"));
    assertEquals(0, Shell.run("tar", "-C", to.toString(), "-xpf", tar.toString()).exit());
    try (var files = Files.walk(to.resolve("sluice-0.1.0"))) {
      for (Path file : files.toList()) {
        Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
        assertFalse(modes.contains(PosixFilePermission.GROUP_WRITE), file::toString);
        assertFalse(modes.contains(PosixFilePermission.OTHERS_WRITE), file::toString);
      }
    }
  }

  @Test
  void uninstallTheTarball() throws Exception {
    Path dist = unpack("removed");
    String uninstall = dist.resolve("bin/uninstall").toString();
    assertEquals(2, Shell.run(uninstall).exit());
    assertTrue(Files.exists(dist));
    Shell.Ended ended = Shell.run(uninstall, "--yes");
    assertEquals(0, ended.exit(), ended.text());
    assertFalse(Files.exists(dist));
  }

  @Test
  void giveSystemdAUnitItUnderstandsAndFindsHardened() throws Exception {
    assumeTrue(Shell.has("systemd-analyze"), "systemd-analyze is not installed");
    Path dist = unpack("unit");
    Path unit = folder().resolve("sluice.service");
    String text = Files.readString(dist.resolve("lib/sluice.service"));
    Files.writeString(
        unit, text.replace("@DIST@", dist.toString()).replace("@HOME@", dist.toString()));
    Shell.Ended verified =
        Shell.run(
            "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit.toString());
    assertEquals(0, verified.exit(), verified.text());
    assertFalse(verified.text().contains("sluice.service"), verified.text());
    // 10 is an open house; what remains is the network, which is the purpose.
    Shell.Ended judged =
        Shell.run(
            "systemd-analyze", "security", "--offline=yes", "--threshold=30", unit.toString());
    assertEquals(0, judged.exit(), judged.text());
    for (String wanted :
        List.of(
            "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_BPF",
            "CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_BPF",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict",
            "User=sluice")) {
      assertTrue(text.lines().anyMatch(wanted::equals), wanted);
    }
  }

  /**
   * In a copy of this machine's root folder that lives in memory and ends with the command; the
   * machine itself is untouched.
   */
  @Test
  void installAndPurgeTheDebianPackage() throws Exception {
    assumeTrue(Shell.root(), "only root can make a copy of the root folder to install into");
    assumeTrue(Shell.has("dpkg-deb") && Shell.has("unshare"), "dpkg or unshare is not installed");
    Path script = folder().resolve("try.sh");
    Files.writeString(
        script,
        """
        set -e
        cd '%1$s'; mkdir -p memory root; mount -t tmpfs none memory; mkdir memory/up memory/work
        mount -t overlay overlay -o lowerdir=/,upperdir=memory/up,workdir=memory/work root || { echo no overlay; exit 77; }
        mount --rbind /proc root/proc; mount --rbind /dev root/dev
        cp sluice_0.1.0_all.deb root/var/cache/sluice.deb.tmp
        exec chroot root sh -c '
          mv /var/cache/sluice.deb.tmp /var/cache/package.deb
          cat /etc/passwd /etc/group >/var/cache/users.before
          find /etc /usr /var /run /opt /srv -name "*sluice*" 2>/dev/null | sort >/var/cache/files.before
          dpkg -i /var/cache/package.deb || exit 1
          echo "user: $(getent passwd sluice)"
          echo "version: $(sluice version)"
          stat -c "%%U:%%a %%n" /var/lib/sluice /var/lib/sluice/plugins /var/lib/sluice/var /etc/sluice/configs
          cd /
          setpriv --reuid sluice --regid sluice --clear-groups timeout -s TERM 300 sluice run --http 127.0.0.1:0 >/var/cache/run.log 2>&1 &
          for i in $(seq 1500); do grep -q "sluice is up" /var/cache/run.log && break; sleep 0.1; done
          cat /var/cache/run.log
          sluice host:plugins --json || echo "no answer"
          kill $(cat /var/lib/sluice/var/run/sluice.pid); wait
          echo mine >>/etc/sluice/configs/org.sluice.host.deploy.cfg.json
          dpkg -r sluice >/dev/null || exit 1
          [ -f /etc/sluice/configs/org.sluice.host.deploy.cfg.json ] && echo "configuration kept"
          dpkg -P sluice >/dev/null || exit 1
          cat /etc/passwd /etc/group | diff /var/cache/users.before - && echo "no user left"
          find /etc /usr /var /run /opt /srv -name "*sluice*" 2>/dev/null | sort | diff /var/cache/files.before - && echo "no file left"
        '
        """
            .formatted(folder()));
    Shell.Ended ended = Shell.run("unshare", "-m", "sh", script.toString());
    assumeTrue(!ended.text().contains("no overlay"), "overlay file systems are not allowed here");
    assertEquals(0, ended.exit(), ended.text());
    for (String wanted :
        List.of(
            "user: sluice:",
            "version: sluice 0.1.0",
            "root:755 /var/lib/sluice\n",
            "root:755 /var/lib/sluice/plugins",
            "sluice:750 /var/lib/sluice/var",
            "sluice is up",
            "configuration kept",
            "no user left",
            "no file left")) {
      assertTrue(ended.text().contains(wanted), wanted + " is missing in:\n" + ended.text());
    }
    assertFalse(ended.text().contains("no answer"), ended.text());
  }
}
