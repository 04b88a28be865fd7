package com.example.hello;

import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Greets as it is configured in {@code configs/com.example.hello.cfg.json}. */
@Component(configurationPid = "com.example.hello")
@Designate(ocd = PoliteGreeter.Config.class)
public final class PoliteGreeter implements Greeter {

  @ObjectClassDefinition(name = "Hello", description = "How the hello plugin greets")
  public @interface Config {
    @AttributeDefinition(name = "Word", description = "What comes before the name")
    String word() default "Hello";

    @AttributeDefinition(
        name = "Limit",
        description = "So many greetings, then no more; counted anew when the file is saved",
        min = "1",
        max = "1000")
    int limit() default 100;
  }

  private final Config config;
  private final AtomicInteger given = new AtomicInteger();

  @Activate
  public PoliteGreeter(Config config) {
    this.config = config;
  }

  @Override
  public Greeting greet(String name) {
    int number = given.updateAndGet(n -> Math.min(n, config.limit()) + 1);
    if (number > config.limit()) {
      throw new IllegalStateException(
          "all " + config.limit() + " greetings are used up; raise limit in the configuration");
    }
    return new Greeting(config.word() + ", " + name + "!", number);
  }

  @Override
  public int left() {
    return Math.max(0, config.limit() - given.get());
  }
}
