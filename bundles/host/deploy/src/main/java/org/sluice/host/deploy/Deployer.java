// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.host.api.Explainer;
import org.sluice.host.api.Leak;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.PluginPlan;
import org.sluice.host.api.Plugins;

/**
 * The drop-in folder as a service. Puts the parts together, and hands every question that needs the
 * worker to the worker.
 */
@Component(
    service = {Plugins.class, ConfigurationListener.class, Deployer.class},
    immediate = true,
    configurationPid = "org.sluice.host.deploy")
@Designate(ocd = DeployConfig.class)
public final class Deployer implements Plugins, ConfigurationListener {

  /** How long a command waits for the worker. */
  private static final long PATIENCE_SECONDS = 30;

  /** How much longer than a start may take a release waits, so that it can tell what came of it. */
  private static final Duration RELEASE_SLACK = Duration.ofSeconds(3);

  private final BundleContext context;
  private final Worker worker;
  private final Lifecycle lifecycle;
  private final Verdicts verdicts;
  private final Board.Parts parts;
  private final Diagnosis diagnosis;
  private final PlanMaker planner;
  private final FolderGate gate;
  private final CrashWatch crashes;
  private final ServiceRegistration<?> hookRegistration;
  private final FrameworkListener frameworkListener = event -> look();
  private final AllServiceListener serviceListener = this::serviceChanged;
  private final SynchronousBundleListener stopListener = this::bundleChanged;
  private volatile Settings settings;

  @Activate
  public Deployer(
      BundleContext context, @Reference ServiceComponentRuntime components, DeployConfig config)
      throws IOException {
    this.context = context;
    settings = Settings.of(config);
    Path home = Path.of(Objects.requireNonNull(context.getProperty("sluice.home")));
    Path state = home.resolve("var/deploy");
    Staging staging = new Staging(state.resolve("revisions"));
    Bundle system = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    FrameworkWiring wiring = system.adapt(FrameworkWiring.class);
    Set<Bundle> stuck = ConcurrentHashMap.newKeySet();
    SwapHook hook = new SwapHook();
    diagnosis = new Diagnosis(context, wiring);
    parts =
        new Board.Parts(
            staging,
            new Journal(state),
            new Quarantine(home.resolve("var/quarantine")),
            new Admission(context, wiring, hook, diagnosis, stuck, staging.prefix()),
            new Probe(context, components),
            hook,
            new Leaks(),
            new Tally());
    DropFolder folder = new DropFolder(home.resolve("plugins"));
    gate = new FolderGate(system, folder.path(), "true".equals(context.getProperty("sluice.safe")));
    BlockingQueue<Runnable> inbox = Worker.inbox();
    var slots = new TreeMap<String, Slot>();
    Board board = new Board(parts, this::settings, inbox::add, slots.values(), stuck);
    Dismissal dismissal = new Dismissal(context, wiring, board);
    verdicts = new Verdicts(board, dismissal);
    lifecycle = new Lifecycle(context, board, verdicts, dismissal);
    Intake intake = new Intake(board, verdicts, lifecycle);
    worker =
        new Worker(
            inbox, slots, folder, intake, lifecycle, verdicts, dismissal, gate, this::settings);
    planner = new PlanMaker(context, wiring, board, state);
    hookRegistration =
        context.registerService(
            new String[] {ResolverHookFactory.class.getName(), FindHook.class.getName()},
            hook,
            null);
    crashes =
        new CrashWatch(this::bundles, (b, what) -> worker.post(() -> worker.crashed(b, what)));
    context.addFrameworkListener(frameworkListener);
    context.addServiceListener(serviceListener);
    context.addBundleListener(stopListener);
    worker.start();
  }

  @Modified
  public void modified(DeployConfig config) {
    settings = Settings.of(config);
    worker.post(lifecycle::settingsChanged);
  }

  @Deactivate
  public void deactivate() throws InterruptedException {
    context.removeBundleListener(stopListener);
    context.removeServiceListener(serviceListener);
    context.removeFrameworkListener(frameworkListener);
    crashes.close();
    worker.close();
    hookRegistration.unregister();
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      unbind = "unbind")
  public void bind(Explainer arrived) {
    diagnosis.explainer(arrived);
  }

  public void unbind(Explainer gone) {
    if (gone.equals(diagnosis.explainer())) {
      diagnosis.explainer(null);
    }
  }

  Settings settings() {
    return settings;
  }

  /** Something may have changed in the folder. */
  void look() {
    worker.post(() -> {});
  }

  @Override
  public void configurationEvent(ConfigurationEvent event) {
    if (event.getType() == ConfigurationEvent.CM_UPDATED) {
      String factory = event.getFactoryPid();
      worker.post(() -> verdicts.came(Set.of(factory == null ? event.getPid() : factory)));
    }
  }

  private void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING
        && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
      worker.post(worker::end);
    }
  }

  private void serviceChanged(ServiceEvent event) {
    if (event.getType() == ServiceEvent.MODIFIED
        && List.of(Services.types(event.getServiceReference()))
            .contains(ServiceComponentRuntime.class.getName())) {
      // The component runtime tells that some component changed its state.
      worker.post(worker::componentsChanged);
    }
    if (event.getType() == ServiceEvent.REGISTERED) {
      ServiceReference<?> reference = event.getServiceReference();
      Bundle bundle = reference.getBundle();
      // What a plugin registers while it is on probation may go again with it.
      boolean lasting = bundle != null && worker.views().stream().noneMatch(v -> starts(v, bundle));
      if (lasting) {
        var types = Set.of(Services.types(reference));
        boolean awaited = worker.views().stream().anyMatch(v -> v.state() != Plugin.State.ACTIVE);
        if (awaited) {
          worker.post(() -> verdicts.came(types));
        }
      }
    }
  }

  private static boolean starts(PluginView view, Bundle bundle) {
    return view.starting() != null && view.starting().bundle().equals(bundle);
  }

  private List<Bundle> bundles() {
    List<Bundle> bundles = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      if (parts.admission().ours(bundle)) {
        bundles.add(bundle);
      }
    }
    return bundles;
  }

  @Override
  public List<Plugin> plugins() {
    return worker.views().stream().map(this::describe).toList();
  }

  private Plugin describe(PluginView view) {
    Revision serving = view.serving();
    Bundle bundle = serving == null ? null : serving.bundle();
    return new Plugin(
        view.file(),
        serving == null ? view.name() : serving.jar().name(),
        serving == null ? "" : serving.jar().version(),
        view.state(),
        view.since(),
        view.swaps(),
        view.gapMillis(),
        bundle == null ? List.of() : List.copyOf(Services.of(bundle)),
        bundle == null ? List.of() : parts.probe().waitsFor(bundle),
        serving == null ? "" : serving.sha(),
        view.reason());
  }

  @Override
  public Plugin release(String name) {
    String file =
        ask(
            () -> {
              Slot slot = worker.named(name);
              if (slot.refusal == null) {
                throw new NoSuchElementException(
                    slot.file + " is not in quarantine, it is " + slot.state);
              }
              verdicts.release(slot);
              worker.publish();
              return slot.file;
            });
    long end = System.nanoTime() + settings.startTimeout().plus(RELEASE_SLACK).toNanos();
    while (true) {
      Plugin plugin = plugin(file);
      boolean settled =
          plugin.state() != Plugin.State.STARTING && plugin.state() != Plugin.State.ARRIVING;
      if (settled || System.nanoTime() - end > 0) {
        return plugin;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Plugin plugin(String file) {
    return plugins().stream()
        .filter(p -> p.file().equals(file))
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException(file + " is gone from plugins/"));
  }

  @Override
  public PluginPlan plan(Path jar) {
    return ask(() -> planner.plan(jar));
  }

  @Override
  public List<Leak> leaks() {
    return parts.leaks().find();
  }

  List<Journal.Quarantined> quarantined() {
    return ask(() -> parts.journal().allQuarantined());
  }

  Path quarantine() {
    return parts.quarantine().folder();
  }

  List<PluginView> views() {
    return worker.views();
  }

  Tally tally() {
    return parts.tally();
  }

  /** What stands in the way of taking plugins in; empty when nothing does. */
  String obstacle() {
    String held = gate.safeMode() ? "" : gate.held();
    return held.isEmpty() ? worker.trouble() : held;
  }

  boolean safeMode() {
    return gate.safeMode();
  }

  private <T> T ask(Callable<T> question) {
    FutureTask<T> task = new FutureTask<>(question);
    worker.post(task);
    try {
      return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(Failure.summary(e), e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "deployment has not answered for " + PATIENCE_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for deployment", e);
    }
  }
}
