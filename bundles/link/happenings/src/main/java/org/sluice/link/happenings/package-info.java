// SPDX-License-Identifier: Apache-2.0
/** What happens on the network, in words that are the same for every backend. */
@NullMarked
package org.sluice.link.happenings;

import org.jspecify.annotations.NullMarked;
