// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.sluice.itest.SluiceProcess;

/** A project under {@code examples/}, built as a stranger builds it. */
public final class ExampleProject {
  private ExampleProject() {}

  /**
   * Builds it.
   *
   * @param folder in which a copy is made
   * @param name of the artifact
   */
  public static byte[] jar(Path folder, String example, String name) throws Exception {
    Path project = folder.resolve(example);
    try (Stream<Path> tree = Files.walk(SluiceProcess.ROOT.resolve("examples").resolve(example))) {
      for (Path path : tree.filter(p -> !p.toString().contains("/target")).toList()) {
        Path to =
            project.resolve(
                SluiceProcess.ROOT
                    .resolve("examples")
                    .resolve(example)
                    .relativize(path)
                    .toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(to);
        } else {
          Files.copy(path, to);
        }
      }
    }
    Path log = folder.resolve("maven.log");
    ProcessBuilder maven =
        new ProcessBuilder(
                "mvn",
                "-B",
                "-q",
                "-Dsluice.repository=" + SluiceProcess.DIST.toRealPath().resolve("lib/repository"),
                "package")
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(log.toFile());
    Map<String, String> environment = maven.environment();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    try (LocalRepository repository = new LocalRepository()) {
      environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + repository.view());
      Process process = maven.start();
      boolean done = process.waitFor(180, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertTrue(done, () -> "Maven took too long:\n" + text(log));
      assertEquals(0, process.exitValue(), () -> text(log));
    }
    return Files.readAllBytes(project.resolve("target/" + name + ".jar"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
