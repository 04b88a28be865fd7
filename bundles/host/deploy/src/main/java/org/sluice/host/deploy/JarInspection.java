// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a jar from its first to its last byte and says what it is, before the framework sees it.
 */
final class JarInspection {

  /** More than any plugin unpacks to, less than what fills a disk. */
  private static final long LARGEST = 1L << 30;

  private static final int MAGIC = 0xCAFEBABE;

  /** Class files of Java N have the major version N + 44. */
  private static final int OFFSET = 44;

  private static final int PREVIEW = 0xffff;
  private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/(\\d+)/.*");
  private static final Pattern NAME = Pattern.compile("[\\w.-]+");
  private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+(\\.\\d+(\\.[\\w-]+)?)?)?");

  private final String file;
  private final int feature;
  private final Set<String> packages = new HashSet<>();
  private long unpacked;

  /**
   * @param file what to call it in messages
   */
  JarInspection(String file) {
    this(file, Runtime.version().feature());
  }

  JarInspection(String file, int feature) {
    this.file = file;
    this.feature = feature;
  }

  Jar inspect(Path copy) throws RefusedException, IOException {
    try (ZipFile zip = new ZipFile(copy.toFile())) {
      Manifest manifest = manifest(zip);
      Attributes main = manifest.getMainAttributes();
      boolean multiRelease = "true".equalsIgnoreCase(main.getValue("Multi-Release"));
      List<String> nested = list(main.getValue("Bundle-ClassPath"));
      var entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        checkName(entry.getName());
        if (!entry.isDirectory()) {
          read(zip, entry, multiRelease, nested.contains(entry.getName()));
        }
      }
      return describe(main);
    } catch (ZipException e) {
      throw damaged("cannot be read as a zip file: " + e.getMessage());
    }
  }

  private Manifest manifest(ZipFile zip) throws RefusedException, IOException {
    ZipEntry entry = zip.getEntry(JarFile.MANIFEST_NAME);
    if (entry == null) {
      throw notABundle("has no " + JarFile.MANIFEST_NAME + ", so it is an archive but no bundle");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      return new Manifest(in);
    } catch (ZipException e) {
      throw damaged("has a damaged manifest: " + e.getMessage());
    } catch (IOException e) {
      throw notABundle("has a manifest that cannot be read: " + e.getMessage());
    }
  }

  private void checkName(String name) throws RefusedException {
    boolean leaves = List.of(name.split("[/\\\\]", -1)).contains("..");
    if (leaves || name.startsWith("/") || name.indexOf('\0') >= 0) {
      throw damaged("has an entry that points outside of it: " + name);
    }
  }

  /** Reads an entry to its end, because only then its checksum is known to hold. */
  private void read(ZipFile zip, ZipEntry entry, boolean multiRelease, boolean nested)
      throws RefusedException, IOException {
    CRC32 crc = new CRC32();
    try (InputStream plain = zip.getInputStream(entry);
        CheckedInputStream in = new CheckedInputStream(plain, crc)) {
      if (nested) {
        inspectNested(entry.getName(), in);
      } else {
        checkClass(entry.getName(), in, multiRelease, "");
      }
      unpack(in, Long.MAX_VALUE);
    } catch (ZipException | java.io.EOFException e) {
      throw damaged("has a damaged entry " + entry.getName() + ": " + e.getMessage());
    }
    if (entry.getCrc() != crc.getValue()) {
      throw damaged("has a damaged entry " + entry.getName() + ": its checksum does not match");
    }
  }

  private void unpack(InputStream in, long limit) throws RefusedException, IOException {
    byte[] buffer = new byte[1 << 14];
    long done = 0;
    for (int n = in.read(buffer); n >= 0 && done < limit; n = in.read(buffer)) {
      done += n;
      unpacked += n;
      if (unpacked > LARGEST) {
        throw damaged("unpacks to more than " + (LARGEST >> 20) + " MiB");
      }
    }
  }

  private void inspectNested(String name, InputStream in) throws RefusedException, IOException {
    ZipInputStream zip = new ZipInputStream(in);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      if (!entry.isDirectory()) {
        checkClass(entry.getName(), zip, false, " in " + name);
        unpack(zip, Long.MAX_VALUE);
      }
    }
  }

  private void checkClass(String name, InputStream in, boolean multiRelease, String where)
      throws RefusedException, IOException {
    if (!name.endsWith(".class") || name.endsWith("module-info.class")) {
      return;
    }
    packages.add(name.substring(0, Math.max(0, name.lastIndexOf('/'))).replace('/', '.'));
    Matcher versioned = VERSIONED.matcher(name);
    boolean unused =
        versioned.matches() && (!multiRelease || Integer.parseInt(versioned.group(1)) > feature);
    byte[] head = in.readNBytes(8);
    unpacked += head.length;
    if (unused || head.length < 8) {
      return;
    }
    try (DataInputStream data = new DataInputStream(new java.io.ByteArrayInputStream(head))) {
      int magic = data.readInt();
      int minor = data.readUnsignedShort();
      int major = data.readUnsignedShort();
      if (magic != MAGIC) {
        return;
      }
      if (major > feature + OFFSET) {
        throw new RefusedException(
            Refusal.Kind.TOO_NEW,
            "%s: class %s%s is compiled for Java %d, this is Java %d"
                .formatted(file, name, where, major - OFFSET, feature),
            "compile it with --release " + feature + " or run the product on a newer Java");
      }
      if (minor == PREVIEW) {
        throw new RefusedException(
            Refusal.Kind.TOO_NEW,
            file + ": class " + name + where + " uses preview features of Java",
            "compile it without --enable-preview");
      }
    }
  }

  private Jar describe(Attributes main) throws RefusedException {
    String header = main.getValue("Bundle-SymbolicName");
    if (header == null) {
      throw notABundle("has no Bundle-SymbolicName in its manifest, so it is a jar but no bundle");
    }
    String name = header.split(";", 2)[0].trim();
    if (!NAME.matcher(name).matches()) {
      throw notABundle("has the symbolic name \"" + name + "\", which no bundle can have");
    }
    if (!"2".equals(trimmed(main.getValue("Bundle-ManifestVersion")))) {
      throw notABundle("does not say Bundle-ManifestVersion: 2 in its manifest");
    }
    String version = trimmed(main.getValue("Bundle-Version"));
    if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
      throw notABundle("has the Bundle-Version \"" + version + "\", which is not a version");
    }
    if (main.getValue("Fragment-Host") != null) {
      throw notABundle("is a fragment, which cannot be started or replaced by itself");
    }
    boolean inTurn = "in-turn".equalsIgnoreCase(trimmed(main.getValue("Sluice-Swap")));
    return new Jar(
        name,
        version.isEmpty() ? "0.0.0" : version,
        inTurn,
        list(main.getValue("Service-Component")),
        Set.copyOf(packages));
  }

  private static String trimmed(@Nullable String value) {
    return value == null ? "" : value.trim();
  }

  private static List<String> list(@Nullable String header) {
    List<String> items = new ArrayList<>();
    for (String item : trimmed(header).split(",", -1)) {
      String path = item.split(";", 2)[0].trim();
      if (!path.isEmpty() && !path.equals(".")) {
        items.add(path);
      }
    }
    return items;
  }

  private RefusedException notABundle(String what) {
    return new RefusedException(
        Refusal.Kind.NOT_A_BUNDLE,
        file + " " + what,
        "build it with bnd (bnd-maven-plugin), which writes the OSGi manifest");
  }

  private RefusedException damaged(String what) {
    return new RefusedException(Refusal.Kind.DAMAGED, file + " " + what, "copy or build it again");
  }
}
