// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.ops.rest;

import org.jspecify.annotations.NullMarked;
