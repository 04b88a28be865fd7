// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.networkd;

import org.jspecify.annotations.NullMarked;
