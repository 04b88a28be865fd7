// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.kernel;

import org.jspecify.annotations.NullMarked;
