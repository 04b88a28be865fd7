// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import org.sluice.itest.PluginJar;

/** A plugin with commands that behave in every way a command can. */
final class Demo {
  private Demo() {}

  static PluginJar jar() throws Exception {
    return PluginJar.named("demo", "1.0.0").source(SOURCE).make();
  }

  private static final String SOURCE =
      """
      package demo;

      import java.util.List;
      import java.util.concurrent.atomic.AtomicInteger;
      import java.util.concurrent.locks.LockSupport;
      import java.util.stream.IntStream;
      import java.util.stream.Stream;
      import org.apache.felix.service.command.Descriptor;
      import org.osgi.service.component.annotations.Component;
      import org.sluice.host.api.Outcome;

      @Component(
          service = Commands.class,
          immediate = true,
          property = {
            "osgi.command.scope=demo",
            "osgi.command.function=rows",
            "osgi.command.function=fail",
            "osgi.command.function=wrong",
            "osgi.command.function=bad",
            "osgi.command.function=sleep",
            "osgi.command.function=spin",
            "osgi.command.function=flow",
            "osgi.command.function=quiet",
            "osgi.command.function=deaf",
            "osgi.command.function=ears",
            "osgi.command.function=wake",
            "osgi.command.function=flood",
            "osgi.command.function=print",
            "osgi.command.function=level",
            "osgi.command.function=touched",
            "osgi.command.function=closed",
            "osgi.command.function=evil",
            "org.sluice.command.reads=rows",
            "org.sluice.command.reads=level"
          })
      public class Commands {
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger touched = new AtomicInteger();
        private volatile boolean awake;
        private volatile String ears = "open";

        public enum Kind { BIG, SMALL }

        public record Row(String name, int number) {}

        @Descriptor("Lists rows.\\nExample: demo:rows")
        public List<Row> rows() {
          return List.of(new Row("one", 1), new Row("two", 22));
        }

        @Descriptor("Fails.\\nExample: demo:fail")
        public void fail() {
          throw new IllegalStateException("the disk is full: remove something");
        }

        @Descriptor("Is used wrongly.\\nExample: demo:wrong 3")
        public int wrong(@Descriptor("any number but 3") int number) {
          if (number == 3) {
            throw new IllegalArgumentException("3 makes no sense here");
          }
          return number;
        }

        @Descriptor("Finds something bad.\\nExample: demo:bad big")
        public Outcome bad(@Descriptor("which") Kind kind) {
          return new Outcome(false, List.of(new Row("bad", 1)), "one finding of kind " + kind);
        }

        @Descriptor("Sleeps.\\nExample: demo:sleep")
        public void sleep() throws InterruptedException {
          System.out.println("sleeping");
          Thread.sleep(1_000_000);
        }

        @Descriptor("Ignores interrupts until it is woken.\\nExample: demo:spin")
        public void spin() {
          awake = false;
          System.out.println("spinning");
          long end = System.nanoTime() + 60_000_000_000L;
          while (!awake && System.nanoTime() < end) {
            Thread.interrupted();
            System.out.print("late");
          }
        }

        @Descriptor("Flows for ever.\\nExample: demo:flow")
        public Stream<Row> flow() {
          return IntStream.iterate(0, i -> i + 1)
              .mapToObj(i -> {
                if (i > 0) {
                  try {
                    Thread.sleep(20);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }
                return new Row("tick", i);
              })
              .onClose(closed::incrementAndGet);
        }

        @Descriptor("Says one thing and then nothing.\\nExample: demo:quiet")
        public Stream<Row> quiet() {
          return IntStream.iterate(0, i -> i + 1)
              .mapToObj(i -> {
                if (i > 0) {
                  try {
                    Thread.sleep(1_000_000);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }
                return new Row("tick", i);
              })
              .onClose(closed::incrementAndGet);
        }

        @Descriptor("Says one thing, is deaf until woken, and says more.\\nExample: demo:deaf")
        public Stream<Row> deaf() {
          awake = false;
          return IntStream.range(0, 1000)
              .mapToObj(i -> {
                ears = i == 1 ? "deaf" : "open";
                long end = System.nanoTime() + (i == 1 ? 60_000_000_000L : 10_000_000L);
                while (System.nanoTime() < end && !(i == 1 && awake)) {
                  Thread.interrupted();
                  LockSupport.parkNanos(1_000_000);
                }
                ears = "open";
                return new Row("late", i);
              });
        }

        @Descriptor("Tells whether the stream hears.\\nExample: demo:ears")
        public String ears() {
          return ears;
        }

        @Descriptor("Wakes what ignores its interrupt.\\nExample: demo:wake")
        public void wake() {
          awake = true;
        }

        @Descriptor("Answers far too much.\\nExample: demo:flood")
        public Stream<Row> flood() {
          String text = "x".repeat(10_000);
          return IntStream.iterate(0, i -> i + 1)
              .mapToObj(i -> new Row(text, i))
              .onClose(closed::incrementAndGet);
        }

        @Descriptor("Prints by itself.\\nExample: demo:print")
        public void print() {
          System.out.println("printed \\"here\\"");
        }

        @Descriptor("Tells a level.\\nExample: demo:level")
        public int level() {
          return touched.get();
        }

        public void setLevel(int level) {
          touched.set(level);
        }

        @Descriptor("Counts what must not have happened.\\nExample: demo:touched")
        public int touched() {
          return touched.get();
        }

        @Descriptor("Counts closed streams.\\nExample: demo:closed")
        public int closed() {
          return closed.get();
        }

        @Descriptor("Answers what a terminal would obey.\\nExample: demo:evil")
        public Row evil() {
          return new Row("\\u001b[2J\\u001b]0;owned\\u0007", 0);
        }
      }
      """;
}
