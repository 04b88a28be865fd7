// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkSnapshot;

/** What a subscriber is to be told next. */
sealed interface Delivery {
  /**
   * @param missed how many events were forgotten before it came for them
   */
  record Whole(LinkSnapshot picture, long missed) implements Delivery {}

  record Events(List<LinkEvent> events) implements Delivery {}

  record End() implements Delivery {}
}
