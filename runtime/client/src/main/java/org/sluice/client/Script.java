// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Lines from a pipe or a file, one after the other, until one fails. */
final class Script {
  private final Wire wire;
  private final boolean goOn;
  private final InputStream in;
  private final OutputStream out;
  private final OutputStream err;

  Script(Wire wire, boolean goOn, InputStream in, OutputStream out, OutputStream err) {
    this.wire = wire;
    this.goOn = goOn;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /**
   * @return 0, or the exit code of what failed first
   */
  int run() throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    Wire.Listener to = new Wire.Passing(out, err);
    StringBuilder gathered = new StringBuilder();
    int first = 0;
    int number = 0;
    int start = 1;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (gathered.isEmpty()) {
        start = number;
        if (line.isBlank() || line.stripLeading().startsWith("#")) {
          continue;
        }
      }
      gathered.append(gathered.isEmpty() ? "" : "\n").append(line);
      if (!Balance.isWhole(gathered.toString())) {
        continue;
      }
      int exit = evaluate(gathered.toString(), start, to);
      gathered.setLength(0);
      first = first == 0 ? exit : first;
      if (exit != 0 && !goOn) {
        return exit;
      }
    }
    if (!gathered.isEmpty()) {
      int exit = evaluate(gathered.toString(), start, to);
      first = first == 0 ? exit : first;
    }
    return first;
  }

  private int evaluate(String line, int number, Wire.Listener to) throws IOException {
    String word = line.strip();
    if (word.equals("exit") || word.equals("quit")) {
      return 0;
    }
    wire.send('L', line);
    int exit = wire.answer(to);
    if (exit != 0) {
      err.write(
          ("line " + number + ": ended with " + exit + ": " + word + "\n")
              .getBytes(StandardCharsets.UTF_8));
    }
    return exit;
  }
}
