// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import org.sluice.itest.net.Namespace;

/**
 * A cable between two networks: {@code near} with 10.99.0.1 and fd99::1, where Sluice is, and
 * {@code far} with 10.99.0.2 and fd99::2. Closing it takes both away.
 */
record Wire(Namespace near, Namespace far) implements AutoCloseable {
  static Wire create() throws Exception {
    return create(1);
  }

  static Wire create(int queues) throws Exception {
    Namespace near = Namespace.create();
    try {
      Namespace far = Namespace.create();
      Wire wire = new Wire(near, far);
      wire.plug(queues);
      return wire;
    } catch (Exception e) {
      near.close();
      throw e;
    }
  }

  /** Lays the cable, again if it was taken away. */
  void plug(int queues) throws Exception {
    near.ip(
        "link add near address 02:00:00:00:00:01 numrxqueues %d numtxqueues %d type veth peer name far netns %s address 02:00:00:00:00:02 numrxqueues %d numtxqueues %d"
            .formatted(queues, queues, far.name(), queues, queues));
    for (String six : new String[] {"10.99.0.%d/24", "fd99::%d/64"}) {
      String nodad = six.contains(":") ? " nodad" : "";
      near.ip("addr add " + six.formatted(1) + " dev near" + nodad);
      far.ip("addr add " + six.formatted(2) + " dev far" + nodad);
    }
    near.ip("link set near up");
    far.ip("link set far up");
    // Checksums are finished by the sender, for nobody else on the way would.
    near.exec("ethtool", "-K", "near", "tx", "off");
    far.exec("ethtool", "-K", "far", "tx", "off");
  }

  /** Runs a program of Python in the far network, with words as its arguments. */
  String python(String program, String... words) throws Exception {
    String[] command = new String[words.length + 3];
    command[0] = "/usr/bin/python3";
    command[1] = "-c";
    command[2] = program;
    System.arraycopy(words, 0, command, 3, words.length);
    return far.exec(command);
  }

  @Override
  public void close() throws IOException {
    try (near) {
      far.close();
    }
  }
}
