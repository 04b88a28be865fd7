// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.List;
import java.util.Map;
import org.sluice.host.api.ConfigProblem;

/**
 * The folder at one moment.
 *
 * @param files texts by the name of the file, in its order
 * @param problems files that could not be read, or the folder itself
 * @param ignored files that look like configuration and will never be read, with what to do
 * @param digest of every name and text; the same content has the same digest
 */
record Snapshot(
    Map<String, String> files,
    List<ConfigProblem> problems,
    Map<String, String> ignored,
    String digest) {}
