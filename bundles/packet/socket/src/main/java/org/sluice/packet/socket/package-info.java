// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.packet.socket;

import org.jspecify.annotations.NullMarked;
