// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.List;

/**
 * What a command answers when the answer itself may mean failure: {@code config:check} prints its
 * findings and ends with exit code 1.
 */
public record Outcome(boolean ok, List<? extends Record> rows, String text) {}
