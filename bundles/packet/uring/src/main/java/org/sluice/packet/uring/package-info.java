// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.packet.uring;

import org.jspecify.annotations.NullMarked;
