// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.ConfigCheck;
import org.sluice.host.api.Spelling;

/** What can be wrong in the files about hooks beyond single keys. */
@Component
public final class HooksCheck implements ConfigCheck {
  private static final Set<String> BACKENDS =
      Set.of(
          "kernel",
          "netlink",
          "networkd",
          "systemd-networkd",
          "networkmanager",
          "NetworkManager",
          "dhclient",
          "table");

  @Override
  public List<Finding> check(Map<String, Map<String, Object>> proposed) {
    List<Finding> findings = new ArrayList<>();
    proposed.forEach(
        (pid, values) -> {
          One one = new One(pid, values, findings);
          if (pid.equals(Hooks.PID)) {
            one.hooks();
          } else if (pid.startsWith(HookRule.PID + "~")) {
            one.rule();
          } else if (pid.startsWith(Webhook.PID + "~")) {
            one.webhook();
          }
        });
    return findings;
  }

  /** One file. */
  private record One(String pid, Map<String, Object> values, List<Finding> findings) {

    void hooks() {
      for (String entry : texts("compat")) {
        try {
          Settings.compatible(entry);
        } catch (IllegalArgumentException e) {
          find("compat", String.valueOf(e.getMessage()), "");
        }
      }
      for (String folder : texts("links")) {
        if (!folder.startsWith("/")) {
          find("links", "\"" + folder + "\" is no absolute folder", "begin it with /");
        }
      }
    }

    void rule() {
      if (texts("hooks").isEmpty()) {
        find("hooks", "no hook is named", "name some as hooks:list does: \"routable.d/*\"");
      }
      for (String name : texts("capabilities")) {
        try {
          Rule.capabilities(new String[] {name});
        } catch (IllegalArgumentException e) {
          find("capabilities", "\"" + name + "\" is no capability", "such as CAP_NET_ADMIN");
        }
      }
      filter();
    }

    void webhook() {
      String url = text("url");
      try {
        URI uri = new URI(url);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
          find("url", "\"" + url + "\" is no address of a web server", "https://HOST/PATH");
        } else if (uri.getUserInfo() != null) {
          find("url", "a name or password in the address would be logged", "use secretFile");
        }
      } catch (URISyntaxException e) {
        find("url", "\"" + url + "\" is no address: " + e.getReason(), "https://HOST/PATH");
      }
      String secret = text("secretFile");
      if (!secret.isEmpty() && !secret.startsWith("/")) {
        find("secretFile", "\"" + secret + "\" is no absolute path", "begin it with /");
      }
      filter();
    }

    private void filter() {
      known("events", EventNames.told(), "event");
      known("backends", BACKENDS, "backend");
      try {
        Condition.parse(text("condition"));
      } catch (Condition.Wrong e) {
        findings.add(new Finding(pid, "condition", e.what(), "", -1, e.at()));
      }
      for (Contradiction found : Contradiction.in(this::texts)) {
        findings.add(new Finding(pid, found.key(), found.text(), found.remedy(), found.item(), -1));
      }
    }

    private void known(String key, Set<String> words, String what) {
      List<String> written = texts(key);
      for (int i = 0; i < written.size(); i++) {
        String word = written.get(i);
        if (!words.contains(word)) {
          findings.add(
              new Finding(
                  pid, key, "there is no " + what + " \"" + word + "\"", near(word, words), i, -1));
        }
      }
    }

    private static String near(String word, Collection<String> known) {
      List<String> near = Spelling.near(word, known, 1);
      return near.isEmpty()
          ? "known: " + String.join(", ", new TreeSet<>(known))
          : "did you mean \"" + near.getFirst() + "\"?";
    }

    private void find(String key, String text, String remedy) {
      findings.add(new Finding(pid, key, text, remedy));
    }

    private String text(String key) {
      Object value = values.get(key);
      return value == null ? "" : value.toString();
    }

    private List<String> texts(String key) {
      return switch (values.get(key)) {
        case null -> List.of();
        case Object[] array -> Arrays.stream(array).map(String::valueOf).toList();
        case Collection<?> all -> all.stream().map(String::valueOf).toList();
        case Object one -> List.of(one.toString());
      };
    }
  }
}
