package com.example.hello;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Warns when no greetings are left. */
@Component
public final class HelloHealth implements HealthCheck {
  private final Greeter greeter;

  @Activate
  public HelloHealth(@Reference Greeter greeter) {
    this.greeter = greeter;
  }

  @Override
  public String name() {
    return "hello.greetings";
  }

  @Override
  public Health check() {
    int left = greeter.left();
    return left > 0
        ? Health.ok(left + " greetings left")
        : Health.warn("no greetings left", "raise limit in configs/com.example.hello.cfg.json");
  }
}
