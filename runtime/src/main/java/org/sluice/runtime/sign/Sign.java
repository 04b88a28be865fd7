// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.sign;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes keys and signatures for plugins, and checks them. */
public final class Sign {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int LENGTH = 64;

  private static final String HELP =
      """
      Makes keys and signatures for plugins.

        sluice sign keygen --key FILE [--name NAME]   makes a key; prints the line for trustedKeys
        sluice sign sign --key FILE JAR...            writes JAR.sig beside each JAR
        sluice sign verify --trusted NAME:BASE64 JAR...
                                                      checks JAR.sig against the key

      A signature is Ed25519 over the exact bytes of the jar. The key file is PEM (PKCS #8) and is
      readable for you alone; keep it away from the machine that runs the plugins.
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> options = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  Sign(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] args) {
    System.exit(new Sign(System.out, System.err).run(List.of(args)));
  }

  int run(List<String> args) {
    try {
      parse(args);
      String verb = words.isEmpty() ? "help" : words.removeFirst();
      return switch (verb) {
        case "keygen" -> keygen();
        case "sign" -> sign();
        case "verify" -> verify();
        case "help" -> help(out, DONE);
        default -> throw new IllegalArgumentException("unknown verb " + verb);
      };
    } catch (IllegalArgumentException e) {
      err.println("sluice sign: " + e.getMessage());
      return help(err, USAGE);
    } catch (FileAlreadyExistsException e) {
      err.println("sluice sign: " + e.getFile() + " exists already and is not overwritten");
      return FAILED;
    } catch (NoSuchFileException e) {
      err.println("sluice sign: there is no file " + e.getFile());
      return FAILED;
    } catch (IOException | GeneralSecurityException e) {
      err.println("sluice sign: " + e.getMessage());
      return FAILED;
    }
  }

  private static int help(PrintStream to, int exit) {
    to.print(HELP);
    return exit;
  }

  private void parse(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      switch (arg) {
        case "--key", "--name", "--trusted" -> {
          if (++i == args.size()) {
            throw new IllegalArgumentException(arg + " needs a value");
          }
          options.put(arg, args.get(i));
        }
        case "--help", "-h" -> words.addFirst("help");
        default -> {
          if (arg.startsWith("-")) {
            throw new IllegalArgumentException("unknown option " + arg);
          }
          words.add(arg);
        }
      }
    }
  }

  private String option(String name) {
    String value = options.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private List<Path> jars() {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("no jar is named");
    }
    return words.stream().map(Path::of).toList();
  }

  private int keygen() throws IOException, GeneralSecurityException {
    Path file = Path.of(option("--key"));
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyFile.write(file, pair.getPrivate());
    String name = options.getOrDefault("--name", System.getProperty("user.name", "me"));
    if (name.contains(":")) {
      throw new IllegalArgumentException("a name must not contain a colon: " + name);
    }
    err.println("wrote " + file + "; add this line to trustedKeys:");
    out.println(KeyFile.entry(name, pair.getPublic()));
    return DONE;
  }

  private int sign() throws IOException, GeneralSecurityException {
    Signature signer = Signature.getInstance("Ed25519");
    var key = KeyFile.read(Path.of(option("--key")));
    for (Path jar : jars()) {
      signer.initSign(key);
      signer.update(Files.readAllBytes(jar));
      String text = Base64.getEncoder().encodeToString(signer.sign()) + "\n";
      Path target = signature(jar);
      Path part = target.resolveSibling("." + target.getFileName() + ".part");
      Files.writeString(part, text, StandardCharsets.US_ASCII);
      // A running product watches the folder and must never see half of it.
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      out.println("wrote " + target);
    }
    return DONE;
  }

  private int verify() throws IOException, GeneralSecurityException {
    PublicKey key = KeyFile.parse(option("--trusted"));
    int exit = DONE;
    for (Path jar : jars()) {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(Files.readAllBytes(jar));
      byte[] signature = decode(signature(jar));
      boolean good = signature.length == LENGTH && verifier.verify(signature);
      out.println(jar + ": " + (good ? "good signature" : "BAD signature"));
      exit = good ? exit : FAILED;
    }
    return exit;
  }

  /** Base64 as we write it, or the bare bytes as OpenSSL does. */
  private static byte[] decode(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length == LENGTH) {
      return bytes;
    }
    try {
      return Base64.getDecoder()
          .decode(new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static Path signature(Path jar) {
    return jar.resolveSibling(jar.getFileName() + ".sig");
  }
}
