// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of the network of this host, by whom, and how it changes.
 *
 * <p>A {@link org.sluice.link.api.Fact} is something that is so: a {@link
 * org.sluice.link.api.Link}, an {@link org.sluice.link.api.Address}, a {@link
 * org.sluice.link.api.Route}, a {@link org.sluice.link.api.Rule}, a {@link
 * org.sluice.link.api.Neighbour}, a {@link org.sluice.link.api.Lease}, what a manager says of a
 * link ({@link org.sluice.link.api.Management}). A {@link org.sluice.link.api.LinkSource} is a
 * backend that knows facts: the kernel, a manager of the network. Each is handed a {@link
 * org.sluice.link.api.LinkSink} of its own, tells the whole of what it knows and then each change;
 * when the backend goes, its sink is revoked, so that a call that comes too late fails loudly
 * instead of spoiling the picture.
 *
 * <p>The {@link org.sluice.link.api.LinkTable} makes one picture of them. Every change of the
 * picture is a {@link org.sluice.link.api.LinkEvent} with a number; numbers rise by one and none is
 * left out. Who subscribes is given the picture and then every event after it, on a thread of its
 * own; who falls too far behind is given the picture anew; who was away asks for what came after
 * the number it saw last.
 *
 * <p>Kinds of facts will be added. A {@code switch} over {@link org.sluice.link.api.Fact} or {@link
 * org.sluice.link.api.LinkEvent} in another bundle should have a {@code default}.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.link.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
