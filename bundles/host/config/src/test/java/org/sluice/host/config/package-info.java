// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.host.config;

import org.jspecify.annotations.NullMarked;
