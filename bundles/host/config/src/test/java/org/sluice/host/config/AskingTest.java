// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AskingTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  private final ServiceReference<?> reference =
      (ServiceReference<?>)
          Proxy.newProxyInstance(
              AskingTest.class.getClassLoader(),
              new Class<?>[] {ServiceReference.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "hashCode" -> 1;
                    case "equals" -> proxy == args[0];
                    default -> null;
                  });
  private final BundleContext context =
      (BundleContext)
          Proxy.newProxyInstance(
              AskingTest.class.getClassLoader(),
              new Class<?>[] {BundleContext.class},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "getServiceReferences" -> List.of(reference);
                    case "getService" -> "service";
                    case "ungetService" -> true;
                    default -> null;
                  });
  private final Asking<String> asking = new Asking<>(context, String.class, "test");

  @AfterEach
  void close() {
    asking.close();
  }

  @Test
  void asksOneThatWasBusyWhenItIsNotAnyMore() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    var slow =
        asking.ask(
            service -> {
              try {
                return end.await(50, TimeUnit.SECONDS) ? "slow" : "never";
              } catch (InterruptedException e) {
                return "interrupted";
              }
            });
    slow.called(LONG);
    var next = asking.ask(service -> "next");
    // It is not waited for, because it cannot answer.
    var answer = next.within(LONG).getFirst();
    assertTrue(answer.late());
    assertTrue(answer.nanos() > 0, answer::toString);
    end.countDown();
    assertEquals("slow", slow.within(LONG).getFirst().value());
    // How long the earlier one took says nothing of this one.
    assertEquals(0, next.within(LONG).getFirst().nanos());
    next.insist();
    assertEquals("next", next.within(LONG).getFirst().value());
  }
}
