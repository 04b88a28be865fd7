// SPDX-License-Identifier: Apache-2.0
@NullMarked
package org.sluice.dbus;

import org.jspecify.annotations.NullMarked;
