// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.log.LogReaderService;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CourseTest {
  private static final Pid PID = Pid.of("a.b");

  @TempDir private Path folder;
  private final FakeConfigAdmin admin = new FakeConfigAdmin();

  private static <T> T empty(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> method.getReturnType() == void.class ? null : answer));
  }

  private Course course(GenerationStore store) {
    ComponentWatch components =
        new ComponentWatch(admin.context(), empty(ServiceComponentRuntime.class, List.of()));
    HealthWatch health = new HealthWatch(admin.context());
    return new Course(
        store,
        new Applier(admin.service()),
        new Delivery(admin.context(), admin.service(), Duration.ofMillis(1), Map::of),
        pids ->
            new Probation(
                components, new LogWatch(empty(LogReaderService.class, "")), health, pids),
        new Tally(),
        () -> false);
  }

  private static Course.Taken take(Course course, String text, String digest, long value) {
    return course.take(
        Map.of(PID.file(), text),
        Map.of(PID, new Setting(PID, List.of(), Map.of("x", value), List.of())),
        "files",
        digest,
        false,
        true);
  }

  @Test
  void answersTheFilesWhenTheSameIsSaidInOtherWordsDuringATrial() {
    GenerationStore store = new GenerationStore(folder, 5);
    Course course = course(store);
    assertEquals(List.of(), take(course, "{\"x\": 1}", "first", 1).problems());
    assertTrue(course.trying());
    assertEquals(List.of(), take(course, "{\"x\":1}", "second", 1).problems());
    assertTrue(course.trying());
    assertEquals(Map.of(PID.file(), "{\"x\":1}"), course.inForce().files());
    assertEquals(1, course.inForce().number());
    // As a start after a crash would find it.
    assertEquals("second", store.read(1).orElseThrow().folder());
  }

  @Test
  void takesBackWhatConfigAdminNeverDelivers() {
    GenerationStore store = new GenerationStore(folder, 5);
    Course course = course(store);
    admin.hold();
    List<String> why =
        take(course, "{\"x\": 1}", "first", 1).problems().stream().map(p -> p.text()).toList();
    assertEquals(1, why.size());
    assertTrue(why.getFirst().contains("Config Admin is busy"), why::toString);
    assertEquals(Map.of(), course.applied());
  }
}
