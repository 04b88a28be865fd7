// SPDX-License-Identifier: Apache-2.0
/**
 * Name servers and names, handed over to those who keep them on this host.
 *
 * <p>What should be follows from the picture and from the configuration ({@link
 * org.sluice.link.names.Wanted}); systemd-resolved and systemd-hostnamed tell what is. The {@link
 * org.sluice.link.names.Names} closes the gap and writes down beforehand what it is about to do
 * ({@link org.sluice.link.names.Book}), for neither of them keeps whose work it was. Without a
 * configuration it talks to nobody.
 */
@NullMarked
package org.sluice.link.names;

import org.jspecify.annotations.NullMarked;
