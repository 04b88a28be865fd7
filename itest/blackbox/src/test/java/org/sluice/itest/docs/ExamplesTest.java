// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.SluiceProcess;

/** The examples are built as a stranger builds them, and run. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ExamplesTest {
  @TempDir Path folder;

  @Test
  void helloPlugin() throws Exception {
    byte[] jar = ExampleProject.jar(folder, "hello-plugin", "com.example.hello");
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.put(sluice.plugins().resolve("hello.jar"), jar);
      String first =
          sluice.await(
              "the command of the plugin",
              () -> {
                var answer = sluice.command("hello:greet", "Ada");
                return answer.exit() == 0 ? answer.out() : null;
              });
      assertTrue(first.contains("Hello, Ada!"), first);

      sluice.config("com.example.hello", "{ \"word\": \"Good day\", \"limit\": 0 }");
      sluice.awaitTrue(
          "the bad file to be refused",
          () -> sluice.command("config:status").out().contains("0 is out of range"));
      assertTrue(sluice.command("hello:greet", "Ada").out().contains("Hello, Ada!"));

      sluice.config("com.example.hello", "{ \"word\": \"Good day\", \"limit\": 1 }");
      sluice.awaitTrue(
          "the good file to be in force",
          () -> sluice.command("hello:greet", "Ada").out().contains("Good day, Ada!"));
      assertEquals(1, sluice.command("hello:greet", "Ada").exit());
      sluice.awaitTrue(
          "the health check to warn",
          () -> sluice.http("/health").body().contains("no greetings left"));

      Files.delete(sluice.plugins().resolve("hello.jar"));
      sluice.awaitTrue("the command to go", () -> sluice.command("hello:greet", "Ada").exit() == 2);
      sluice.awaitTrue("the classes to go", () -> sluice.command("host:leaks").exit() == 0);
    }
  }

  @Test
  void linkWatcher() throws Exception {
    byte[] jar = ExampleProject.jar(folder, "link-watcher", "com.example.linkwatcher");
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.put(sluice.plugins().resolve("watcher.jar"), jar);
      sluice.awaitTrue(
          "the loopback link to be counted",
          () -> sluice.command("watch:flaps").out().contains("lo"));
      Files.delete(sluice.plugins().resolve("watcher.jar"));
      sluice.awaitTrue("the command to go", () -> sluice.command("watch:flaps").exit() == 2);
    }
  }
}
