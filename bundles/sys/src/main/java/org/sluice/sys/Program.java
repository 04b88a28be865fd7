// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is to be started, and with what.
 *
 * @param file the program itself, absolute; a script names its interpreter in its first line
 * @param arguments those after its own name
 * @param environment all of it: nothing is inherited
 * @param directory where it works
 * @param input what it reads from its standard input, to the end
 */
public record Program(
    Path file,
    List<String> arguments,
    Map<String, String> environment,
    Path directory,
    String input) {

  public Program {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }
}
