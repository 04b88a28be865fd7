// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.table;

import org.jspecify.annotations.NullMarked;
