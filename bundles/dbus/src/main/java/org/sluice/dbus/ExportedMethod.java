// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A method others may call; its arguments were checked against its parameters. */
public record ExportedMethod(
    String name, List<Parameter> in, List<Parameter> out, Handler handler) {
  public ExportedMethod {
    Names.checkMember(name);
    in = List.copyOf(in);
    out = List.copyOf(out);
  }

  /** Carries out the method. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Called on the thread of the {@link Bus}; what takes time completes its stage later, and from
     * any thread.
     *
     * @return the values of the reply, as declared. A stage that fails with an {@link
     *     ErrorReplyException} is that answer; any other failure is logged, and the caller told
     *     that it failed.
     */
    CompletionStage<Body> invoke(Invocation call) throws ErrorReplyException;
  }
}
