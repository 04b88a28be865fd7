// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.link.dhclient;

import org.jspecify.annotations.NullMarked;
