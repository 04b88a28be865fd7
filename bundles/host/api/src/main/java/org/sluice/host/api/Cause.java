// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;

/**
 * A node in the chain of causes.
 *
 * @param subject what it is about: {@code component org.sluice.link.kernel.KernelLinks}
 * @param well whether it is as it should be
 * @param text its state, in words
 * @param remedy what to do; only at the root of the trouble
 * @param because what it hangs on
 */
public record Cause(String subject, boolean well, String text, String remedy, List<Cause> because)
    implements Prose {

  @Override
  public String prose() {
    StringBuilder out = new StringBuilder();
    print(out, "", "");
    return out.toString().stripTrailing();
  }

  private void print(StringBuilder out, String head, String tail) {
    out.append(head).append(well ? "✓ " : "✗ ").append(subject);
    if (!text.isEmpty()) {
      out.append(": ").append(text);
    }
    out.append('\n');
    if (!remedy.isEmpty()) {
      out.append(tail).append("  → ").append(remedy).append('\n');
    }
    for (int i = 0; i < because.size(); i++) {
      boolean last = i == because.size() - 1;
      because.get(i).print(out, tail + (last ? "└─ " : "├─ "), tail + (last ? "   " : "│  "));
    }
  }
}
