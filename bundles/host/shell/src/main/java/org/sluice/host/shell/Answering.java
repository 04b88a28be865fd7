// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import org.apache.felix.service.command.CommandProcessor;

/** What every request needs. */
record Answering(
    CommandProcessor processor,
    Catalogue catalogue,
    Help help,
    Completion completion,
    Tally tally) {
  Dialogue dialogue(Peer peer) {
    return new Dialogue(processor, catalogue, peer);
  }
}
