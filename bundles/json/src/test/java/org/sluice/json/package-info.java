// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.json;

import org.jspecify.annotations.NullMarked;
