// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One exported object: checks what comes, asks the policy, calls the handler, answers. */
final class ObjectNode implements ExportedObject {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");

  private final BusConnection connection;
  private final BusLease lease;
  private final ObjectPath path;
  private final AccessPolicy policy;
  private final List<ExportedInterface> interfaces;
  private volatile boolean closed;

  ObjectNode(
      BusConnection connection,
      BusLease lease,
      ObjectPath path,
      AccessPolicy policy,
      List<ExportedInterface> interfaces) {
    this.connection = connection;
    this.lease = lease;
    this.path = path;
    this.policy = policy;
    this.interfaces = List.copyOf(interfaces);
  }

  ObjectPath path() {
    return path;
  }

  List<ExportedInterface> interfaces() {
    return interfaces;
  }

  /**
   * Somebody calls; under the lock of the connection.
   *
   * @param answer takes the answer, once, from any thread
   */
  void called(Message message, Consumer<Outgoing> answer) {
    lease.deliverer().post(() -> handle(message, answer));
  }

  private void handle(Message message, Consumer<Outgoing> answer) {
    Header header = message.header();
    CompletionStage<Body> result;
    try {
      if (closed || !lease.open()) {
        throw ErrorReplyException.standard("UnknownObject", "there is no object " + path + " now");
      }
      result = carryOut(header, message.body());
    } catch (MalformedMessageException e) {
      result =
          CompletableFuture.failedFuture(
              ErrorReplyException.standard("InvalidArgs", String.valueOf(e.getMessage())));
    } catch (ErrorReplyException | RuntimeException | LinkageError e) {
      result = CompletableFuture.failedFuture(e);
    }
    var _ = result.whenComplete((body, failure) -> answer.accept(answer(header, body, failure)));
  }

  private Outgoing answer(Header header, @Nullable Body body, @Nullable Throwable failure) {
    if (body != null) {
      try {
        return Outgoing.of(header.answer(null), body);
      } catch (IllegalArgumentException e) {
        return BusConnection.failure(header, failed(header, e));
      }
    }
    return BusConnection.failure(
        header, failed(header, failure == null ? new IllegalStateException("no values") : failure));
  }

  private ErrorReplyException failed(Header header, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ErrorReplyException error) {
      return error;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "D-Bus call of " + header.member() + " on " + path + " failed",
        cause);
    return ErrorReplyException.standard("Failed", header.member() + " failed; see the log");
  }

  private CompletionStage<Body> carryOut(Header header, Body arguments) throws ErrorReplyException {
    String member = String.valueOf(header.member());
    if (Names.PROPERTIES.equals(header.interfaceName())) {
      Invocation call =
          new Invocation(header.senderOrEmpty(), path, Names.PROPERTIES, member, arguments);
      return allowed(call, () -> property(call));
    }
    for (ExportedInterface one : interfaces) {
      Optional<ExportedMethod> found = one.method(member);
      if (found.isPresent()
          && (header.interfaceName() == null || one.name().equals(header.interfaceName()))) {
        ExportedMethod method = found.get();
        expect(method.in(), arguments, member);
        Invocation call =
            new Invocation(header.senderOrEmpty(), path, one.name(), member, arguments);
        return allowed(call, () -> invoke(method, call));
      }
    }
    throw ErrorReplyException.standard(
        "UnknownMethod",
        "object " + path + " has no method " + header.interfaceName() + "." + member);
  }

  /** What is done when the policy lets the caller through. */
  private interface Work {
    CompletionStage<Body> start() throws ErrorReplyException;
  }

  private CompletionStage<Body> allowed(Invocation call, Work work) {
    return policy
        .check(call)
        .handle((_, failure) -> failure)
        .thenComposeAsync(
            failure -> failure == null ? start(work) : denied(call, failure),
            lease.deliverer()::execute);
  }

  private static CompletionStage<Body> start(Work work) {
    try {
      return work.start();
    } catch (ErrorReplyException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static CompletionStage<Body> denied(Invocation call, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ErrorReplyException) {
      return CompletableFuture.failedFuture(cause);
    }
    LOG.log(System.Logger.Level.WARNING, "the policy for " + call.path() + " failed", cause);
    return CompletableFuture.failedFuture(
        AccessPolicy.denied("it could not be found out who asks"));
  }

  private static CompletionStage<Body> invoke(ExportedMethod method, Invocation call)
      throws ErrorReplyException {
    return method.handler().invoke(call).thenApply(body -> declared(method.out(), body, call));
  }

  private static Body declared(List<Parameter> parameters, Body body, Invocation call) {
    Signature expected = types(parameters);
    if (!body.signature().equals(expected)) {
      throw new IllegalStateException(
          call.member() + " answers " + body.signature() + " where " + expected + " is declared");
    }
    return body;
  }

  // --- org.freedesktop.DBus.Properties ---

  private CompletionStage<Body> property(Invocation call) throws ErrorReplyException {
    String types = call.arguments().signature().value();
    String ofInterface = call.arguments().text(0).orElse("");
    String name = call.arguments().text(1).orElse("");
    return switch (call.member() + "(" + types + ")") {
      case "Get(ss)" ->
          CompletableFuture.completedStage(
              Body.of(new DBusValue.Variant(read(find(ofInterface, name)))));
      case "GetAll(s)" -> CompletableFuture.completedStage(Body.of(all(ofInterface).toValue()));
      case "Set(ssv)" -> write(find(ofInterface, name), call).thenApply(_ -> Body.EMPTY);
      default ->
          throw ErrorReplyException.standard(
              "UnknownMethod", Names.PROPERTIES + " has no " + call.member() + "(" + types + ")");
    };
  }

  private ExportedProperty find(String ofInterface, String name) throws ErrorReplyException {
    boolean known = ofInterface.isEmpty();
    for (ExportedInterface one : interfaces) {
      if (ofInterface.isEmpty() || one.name().equals(ofInterface)) {
        known = true;
        Optional<ExportedProperty> found = one.property(name);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw ErrorReplyException.standard(
        known ? "UnknownProperty" : "UnknownInterface",
        path + " has no property " + Names.quoted(ofInterface + "." + name));
  }

  private VariantMap all(String ofInterface) throws ErrorReplyException {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    boolean known = ofInterface.isEmpty();
    for (ExportedInterface one : interfaces) {
      if (ofInterface.isEmpty() || one.name().equals(ofInterface)) {
        known = true;
        one.properties().forEach(property -> values.put(property.name(), read(property)));
      }
    }
    if (!known) {
      throw ErrorReplyException.standard(
          "UnknownInterface", path + " has no interface " + Names.quoted(ofInterface));
    }
    return new VariantMap(values);
  }

  private static DBusValue read(ExportedProperty property) {
    DBusValue value = property.reader().get();
    if (!value.type().equals(property.type())) {
      throw new IllegalStateException(
          property.name() + " is " + value.type() + " where " + property.type() + " is declared");
    }
    return value;
  }

  private static CompletionStage<?> write(ExportedProperty property, Invocation call)
      throws ErrorReplyException {
    DBusValue value = call.arguments().values().get(2);
    DBusValue given = value instanceof DBusValue.Variant variant ? variant.value() : value;
    if (property.writer().isEmpty()) {
      throw ErrorReplyException.standard("PropertyReadOnly", property.name() + " is read only");
    }
    if (!given.type().equals(property.type())) {
      throw invalid(
          property.name() + " is of the type " + property.type() + ", not " + given.type());
    }
    return property.writer().get().write(call.sender(), given);
  }

  // --- signals ---

  @Override
  public void emit(String interfaceName, String member, DBusValue... values) {
    ExportedSignal signal =
        interfaces.stream()
            .filter(one -> one.name().equals(interfaceName))
            .flatMap(one -> one.signal(member).stream())
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        path + " declares no signal " + interfaceName + "." + member));
    Body body = Body.of(values);
    Signature expected = types(signal.parameters());
    if (!body.signature().equals(expected)) {
      throw new IllegalArgumentException(
          member + " takes " + expected + ", not " + body.signature());
    }
    send(interfaceName, member, body);
  }

  @Override
  public void changed(String interfaceName, String... properties) {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    for (String name : properties) {
      try {
        values.put(name, read(find(interfaceName, name)));
      } catch (ErrorReplyException e) {
        throw new IllegalArgumentException(e.text(), e);
      }
    }
    send(
        Names.PROPERTIES,
        "PropertiesChanged",
        Body.of(
            new DBusValue.Str(interfaceName),
            new VariantMap(values).toValue(),
            DBusValue.texts(List.of())));
  }

  private void send(String interfaceName, String member, Body body) {
    if (!closed && lease.open()) {
      connection.send(Outgoing.of(Header.signal(path, interfaceName, member), body));
    }
  }

  @Override
  public void close() {
    closed = true;
    connection.remove(this);
    lease.forget(this);
  }

  private static void expect(List<Parameter> parameters, Body arguments, String member)
      throws ErrorReplyException {
    Signature expected = types(parameters);
    if (!arguments.signature().equals(expected)) {
      throw invalid(
          member + " takes the types \"" + expected + "\", not \"" + arguments.signature() + "\"");
    }
  }

  private static Signature types(List<Parameter> parameters) {
    return new Signature(
        parameters.stream()
            .map(parameter -> parameter.type().value())
            .collect(Collectors.joining()));
  }

  private static ErrorReplyException invalid(String text) {
    return ErrorReplyException.standard("InvalidArgs", text);
  }
}
