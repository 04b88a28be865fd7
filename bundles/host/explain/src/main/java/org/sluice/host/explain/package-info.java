// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.host.explain;

import org.jspecify.annotations.NullMarked;
