// SPDX-License-Identifier: Apache-2.0
/**
 * Answers why something is not up.
 *
 * <p>A question becomes an {@link org.sluice.host.explain.Inquiry}, which walks from what was asked
 * about to what it hangs on, and stops where somebody can do something. Each kind of thing has an
 * inquiry of its own: {@link org.sluice.host.explain.BundleInquiry} bundles, {@link
 * org.sluice.host.explain.WiringInquiry} what they require, {@link
 * org.sluice.host.explain.ComponentInquiry} components, {@link
 * org.sluice.host.explain.ServiceInquiry} services, {@link
 * org.sluice.host.explain.ConfigurationInquiry} configuration. All of them only look, and all of
 * them diagnose from the framework's own model: the text of an exception is read only where nothing
 * else is left, in {@link org.sluice.host.explain.Failure}.
 */
@NullMarked
package org.sluice.host.explain;

import org.jspecify.annotations.NullMarked;
