package com.example.hello;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code hello:greet}. It returns a record; the shell makes a table of it, or JSON. */
@Component(
    service = HelloCommand.class,
    property = {"osgi.command.scope=hello", "osgi.command.function=greet"})
public final class HelloCommand {
  private final Greeter greeter;

  @Activate
  public HelloCommand(@Reference Greeter greeter) {
    this.greeter = greeter;
  }

  @Descriptor(
      """
      Greets somebody.
      Example: hello:greet Ada""")
  public Greeter.Greeting greet(@Descriptor("whom") String name) {
    return greeter.greet(name);
  }
}
