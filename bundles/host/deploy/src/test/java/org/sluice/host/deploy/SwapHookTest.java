// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

class SwapHookTest {
  private final SwapHook hook = new SwapHook();
  private final Bundle old = stub(Bundle.class, Map.of());
  private final ServiceReference<?> ofOld = service(old);
  private final ServiceReference<?> ofNew = service(stub(Bundle.class, Map.of()));
  private final ServiceReference<?> gone = service(null);

  @Test
  void whoLooksFindsTheNewOne() {
    hook.leave(old);
    assertEquals(List.of(ofNew), found(ofOld, ofNew));
    assertEquals(List.of(ofOld), found(ofOld), "better than none");
  }

  @Test
  void aServiceThatIsJustGoneChangesNothing() {
    hook.leave(old);
    assertEquals(List.of(ofNew), found(gone, ofOld, ofNew));
    assertEquals(List.of(ofOld, gone), found(ofOld, gone), "it is no better than none");
  }

  private List<ServiceReference<?>> found(ServiceReference<?>... services) {
    var found = new ArrayList<>(List.of(services));
    hook.find(stub(BundleContext.class, Map.of()), null, null, true, found);
    return found;
  }

  private static ServiceReference<?> service(@Nullable Bundle bundle) {
    return stub(ServiceReference.class, bundle == null ? Map.of() : Map.of("getBundle", bundle));
  }

  private static <T> T stub(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "equals" -> self == arguments[0];
                  case "hashCode" -> System.identityHashCode(self);
                  case "toString" -> type.getSimpleName();
                  default -> answers.get(method.getName());
                }));
  }
}
