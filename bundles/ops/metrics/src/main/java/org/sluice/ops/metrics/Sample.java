// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.List;

/**
 * One line of the answer.
 *
 * @param name of the sample: that of its family, with {@code _bucket}, {@code _sum} or {@code
 *     _count} for the parts of a histogram
 * @param labels names and values by turns
 */
record Sample(String name, List<String> labels, double value) {}
