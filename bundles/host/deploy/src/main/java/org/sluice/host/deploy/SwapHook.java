// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Keeps two revisions of a plugin apart while they are in the framework side by side. Were the new
 * one wired to a package of the old, it would have to be restarted when the old one goes; and a
 * singleton would not be resolved at all. Once the new one is well, whoever looks for a service
 * finds that of the new.
 */
final class SwapHook implements ResolverHookFactory, ResolverHook, FindHook {
  private final Map<Bundle, Bundle> predecessors = new ConcurrentHashMap<>();
  private final Set<Bundle> hidden = ConcurrentHashMap.newKeySet();
  private final Set<Bundle> leaving = ConcurrentHashMap.newKeySet();

  void pair(Bundle fresh, Bundle old) {
    predecessors.put(fresh, old);
  }

  /** Nobody may be wired to a bundle that is only looked at. */
  void hide(Bundle bundle) {
    hidden.add(bundle);
  }

  /** Another one has taken its place: it only ends the calls that are under way. */
  void leave(Bundle bundle) {
    leaving.add(bundle);
  }

  void forget(Bundle bundle) {
    leaving.remove(bundle);
    predecessors.remove(bundle);
    predecessors.values().remove(bundle);
    hidden.remove(bundle);
  }

  @Override
  public ResolverHook begin(Collection<BundleRevision> triggers) {
    return this;
  }

  @Override
  public void filterResolvable(Collection<BundleRevision> candidates) {
    candidates.removeIf(c -> hidden.contains(c.getBundle()));
  }

  @Override
  public void filterSingletonCollisions(
      BundleCapability singleton, Collection<BundleCapability> candidates) {
    Bundle one = singleton.getRevision().getBundle();
    candidates.removeIf(c -> related(one, c.getRevision().getBundle()));
  }

  private boolean related(Bundle one, Bundle other) {
    return Objects.equals(predecessors.get(one), other)
        || Objects.equals(predecessors.get(other), one)
        || hidden.contains(one)
        || hidden.contains(other);
  }

  @Override
  public void filterMatches(
      BundleRequirement requirement, Collection<BundleCapability> candidates) {
    Bundle one = requirement.getRevision().getBundle();
    Bundle predecessor = predecessors.get(one);
    candidates.removeIf(
        c -> {
          Bundle other = c.getRevision().getBundle();
          return other.equals(predecessor) || (hidden.contains(other) && !other.equals(one));
        });
  }

  @Override
  public void find(
      BundleContext seeker,
      @Nullable String name,
      @Nullable String filter,
      boolean all,
      Collection<ServiceReference<?>> found) {
    if (leaving.isEmpty()) {
      return;
    }
    Set<ServiceReference<?>> staying =
        found.stream().filter(this::stays).collect(Collectors.toSet());
    if (!staying.isEmpty()) {
      found.retainAll(staying);
    }
  }

  private boolean stays(ServiceReference<?> service) {
    Bundle bundle = service.getBundle();
    // A service that was just unregistered has none.
    return bundle != null && !leaving.contains(bundle);
  }

  @Override
  public void end() {
    // Nothing is kept per resolve.
  }
}
