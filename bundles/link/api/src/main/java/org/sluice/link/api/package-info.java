// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.api;

import org.jspecify.annotations.NullMarked;
