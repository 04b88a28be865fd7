// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.networkmanager;

import org.jspecify.annotations.NullMarked;
