// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.framework;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/**
 * What only a test inside the framework can see: that every bundle of the product resolves and
 * starts without the launcher's help, and that taking one out and putting it back disturbs no
 * other.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ProductTest {
  /** The framework of Pax Exam stays at level 5. */
  private static final int HIGHEST_LEVEL = 4;

  @Inject private BundleContext context;
  @Inject private ServiceComponentRuntime components;

  @Configuration
  public Option[] distribution() throws Exception {
    Path dist = Path.of(System.getProperty("sluice.dist")).toRealPath();
    Path home = Path.of(System.getProperty("sluice.work"));
    for (String folder : List.of("plugins", "configs", "var/run")) {
      Files.createDirectories(home.resolve(folder));
    }
    List<Option> bundles = new ArrayList<>();
    for (String line : Files.readAllLines(dist.resolve("lib/bundles.list"))) {
      String[] entry = line.trim().split("\\s+");
      if (entry.length == 2 && !line.startsWith("#")) {
        int level = Math.min(HIGHEST_LEVEL, Integer.parseInt(entry[0]));
        bundles.add(
            bundle(dist.resolve("bundles").resolve(entry[1]).toUri().toString()).startLevel(level));
      }
    }
    return options(
        frameworkProperty("org.osgi.framework.bsnversion").value("multiple"),
        // Not as a framework property: Pax Exam exports interfaces of its own by that.
        systemPackages(
            Stream.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi")
                .flatMap(p -> Stream.of(p + ";version=2.0.20", p + ";version=1.7.36"))
                .toArray(String[]::new)),
        frameworkProperty("sluice.home").value(home.toString()),
        frameworkProperty("sluice.safe").value("false"),
        frameworkProperty("felix.fileinstall.dir")
            .value(home.resolve("configs") + "," + home.resolve("plugins")),
        frameworkProperty("felix.fileinstall.enableConfigSave").value("false"),
        frameworkProperty("org.apache.felix.http.host").value("127.0.0.1"),
        frameworkProperty("org.osgi.service.http.port").value("0"),
        composite(bundles.toArray(Option[]::new)),
        junitBundles());
  }

  @Test
  public void everyBundleOfTheProductIsActive() {
    List<String> idle =
        product()
            .filter(b -> b.getHeaders().get(Constants.FRAGMENT_HOST) == null)
            .filter(b -> b.getState() != Bundle.ACTIVE)
            .map(b -> b + " in state " + b.getState())
            .toList();
    assertEquals(List.of(), idle);
    assertTrue("the product is here at all", product().count() > 10);
  }

  @Test
  public void everyComponentOfTheProductIsSatisfied() {
    List<String> unsatisfied =
        product()
            .flatMap(b -> components.getComponentDescriptionDTOs(b).stream())
            .filter(c -> !c.configurationPolicy.equals("require"))
            .filter(
                c ->
                    components.getComponentConfigurationDTOs(c).stream()
                        .noneMatch(
                            i ->
                                i.state == ComponentConfigurationDTO.ACTIVE
                                    || i.state == ComponentConfigurationDTO.SATISFIED))
            .map(c -> c.name)
            .toList();
    assertEquals(List.of(), unsatisfied);
  }

  @Test
  public void takingABundleOutAndPuttingItBackRestartsNoOther() throws BundleException {
    for (String name : List.of("org.sluice.link.kernel", "org.sluice.ops.metrics")) {
      List<String> before = serviceIdsExceptOf(name);
      Bundle bundle = named(name);
      bundle.stop();
      assertEquals(
          "services of others after " + name + " stopped", before, serviceIdsExceptOf(name));
      bundle.start();
      assertEquals(
          "services of others after " + name + " started", before, serviceIdsExceptOf(name));
      assertEquals(Bundle.ACTIVE, bundle.getState());
    }
  }

  private Stream<Bundle> product() {
    return Arrays.stream(context.getBundles())
        .filter(b -> String.valueOf(b.getSymbolicName()).startsWith("org.sluice."));
  }

  private Bundle named(String name) {
    return product().filter(b -> b.getSymbolicName().equals(name)).findFirst().orElseThrow();
  }

  private List<String> serviceIdsExceptOf(String name) {
    List<String> ids = new ArrayList<>();
    product()
        .filter(b -> !b.getSymbolicName().equals(name))
        .forEach(
            b -> {
              ServiceReference<?>[] services = b.getRegisteredServices();
              if (services != null) {
                for (ServiceReference<?> service : services) {
                  ids.add(b.getSymbolicName() + " " + service.getProperty(Constants.SERVICE_ID));
                }
              }
            });
    return ids;
  }
}
