// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.host.api.Cause;

/**
 * Something that was thrown, as text only: a throwable kept would keep the class loader of the
 * plugin that threw it.
 *
 * @param type simple name of the class of the root cause
 * @param message of the root cause; may be empty
 * @param frame where in the plugin's own code it came from; empty when it never got there
 */
record Failure(String type, String message, String frame) {
  private static final Pattern THROWN =
      Pattern.compile(
          "(?:Caused by: )?([\\w$.]+(?:Exception|Error|Throwable|Failure)\\b[\\w$]*)(?:: (.*))?");
  private static final Pattern FRAME = Pattern.compile("\\s+at (?:\\S+/)?([\\w$.<>]+)\\((.*)\\)");
  private static final Pattern REFUSED =
      Pattern.compile("\\b(EPERM|EACCES)\\b|Operation not permitted|Permission denied");

  static Failure of(Throwable thrown, Predicate<String> own) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return parse(trace.toString(), own);
  }

  /**
   * @param trace as {@link Throwable#printStackTrace} writes it
   * @param own whether a class, given by its full name, is the plugin's own
   */
  static Failure parse(String trace, Predicate<String> own) {
    String type = "";
    StringBuilder message = new StringBuilder();
    String frame = "";
    String outer = "";
    boolean inMessage = false;
    for (String line : trace.lines().toList()) {
      Matcher at = FRAME.matcher(line);
      if (at.matches()) {
        inMessage = false;
        String method = at.group(1);
        String name = method.substring(0, Math.max(0, method.lastIndexOf('.')));
        if (frame.isEmpty() && own.test(name)) {
          frame = method + "(" + at.group(2) + ")";
        }
        continue;
      }
      boolean cause = line.startsWith("Caused by: ");
      Matcher thrown = THROWN.matcher(line);
      if (thrown.matches() && (cause || type.isEmpty())) {
        type = thrown.group(1).substring(thrown.group(1).lastIndexOf('.') + 1);
        message.setLength(0);
        message.append(thrown.group(2) == null ? "" : thrown.group(2));
        // The root cause's own place counts, not the place where it was wrapped.
        outer = frame.isEmpty() ? outer : frame;
        frame = "";
        inMessage = true;
      } else if (inMessage && !line.isBlank() && !line.startsWith("\t")) {
        message.append(' ').append(line.strip());
      }
    }
    String place = frame.isEmpty() ? outer : frame;
    return type.isEmpty()
        ? new Failure("failure", trace.lines().findFirst().orElse(""), place)
        : new Failure(type, message.toString(), place);
  }

  /** {@code IllegalStateException "no port" at com.acme.Foo.start(Foo.java:12)}. */
  String text() {
    return type
        + (message.isEmpty() ? "" : " \"" + message + "\"")
        + (frame.isEmpty() ? "" : " at " + frame);
  }

  /** The failure as the end of a chain: what it means and what to do. */
  Cause cause(String subject) {
    return new Cause(subject, false, "threw " + text() + meaning(), remedy(), List.of());
  }

  private String meaning() {
    return switch (type) {
      case "UnsatisfiedLinkError" -> "; a native library is missing or was not loaded";
      case "IllegalCallerException" -> "; native access is not granted to this process";
      case "NoClassDefFoundError", "ClassNotFoundException" ->
          "; the bundle does not import the package of that class, or only optionally";
      case "NoSuchMethodError", "NoSuchFieldError", "AbstractMethodError" ->
          "; it was compiled against another version than the one it is wired to";
      case "UnsupportedClassVersionError" ->
          "; this process runs Java " + Runtime.version().feature();
      default -> refused() ? "; the operating system refused it" : "";
    };
  }

  private String remedy() {
    return switch (type) {
      case "UnsatisfiedLinkError" ->
          "install the library and check the name with: ldconfig -p; a library inside the jar needs"
              + " a Bundle-NativeCode header for this system ("
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ")";
      case "IllegalCallerException" ->
          "start with ./sluice run, whose launcher grants it (Enable-Native-Access), or pass"
              + " --enable-native-access=ALL-UNNAMED to java";
      case "NoClassDefFoundError", "ClassNotFoundException" ->
          "let bnd compute Import-Package (no hand-written list, no ;resolution:=optional for what is"
              + " needed), then host:explain names the bundle that lacks it";
      case "NoSuchMethodError", "NoSuchFieldError", "AbstractMethodError" ->
          "build it against the version that is installed: host:bundles";
      case "UnsupportedClassVersionError" ->
          "compile with --release " + Runtime.version().feature() + " or lower";
      default ->
          refused()
              ? grant()
              : "mend what it says and save the file again; the log has the whole trace";
    };
  }

  private boolean refused() {
    return REFUSED.matcher(message).find();
  }

  private String grant() {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("/") && !lower.contains("socket") && !lower.contains("bpf")) {
      return "check owner and mode of the file, and of the folders above it, against the user of the"
          + " process ("
          + System.getProperty("user.name")
          + ")";
    }
    String capability =
        hints().stream()
            .filter(hint -> hint.words().stream().anyMatch(lower::contains))
            .map(Hint::capability)
            .findFirst()
            .orElse("CAP_NET_ADMIN");
    return "grant "
        + capability
        + ": AmbientCapabilities="
        + capability
        + " in the systemd unit, or run it as root";
  }

  /** Words in a message that give away which privilege was missing. */
  private record Hint(String capability, List<String> words) {}

  private static List<Hint> hints() {
    return List.of(
        new Hint("CAP_BPF", List.of("bpf", "xdp")),
        new Hint("CAP_NET_RAW", List.of("af_packet", "raw socket", "sock_raw", "packet socket")),
        new Hint("CAP_NET_BIND_SERVICE", List.of("bind", "listen")),
        new Hint("CAP_SYS_ADMIN", List.of("namespace", "mount", "setns")),
        new Hint("CAP_IPC_LOCK", List.of("mlock", "memlock")));
  }
}
