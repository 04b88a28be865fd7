// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET events/latest}: for who does not want to wait for more. */
@Component(service = Resource.class)
public final class LatestEventsResource implements Resource {
  private static final String AFTER = "after";
  private static final String LIMIT = "limit";
  private static final int USUAL = 100;
  private static final int MOST = 10_000;

  private final LinkTable table;

  @Activate
  public LatestEventsResource(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "events/latest";
  }

  @Override
  public String summary() {
    return "The latest changes of links, addresses and routes, oldest first.";
  }

  @Override
  public Class<? extends Record> type() {
    return EventRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Query> query() {
    return List.of(
        new Query(AFTER, "Only those after the event of this number."),
        new Query(LIMIT, "At most so many, the latest ones; from 1 to 10000, 100 without."));
  }

  @Override
  public Object get(Map<String, String> parameters) {
    long after = number(AFTER, parameters.get(AFTER), 0, Long.MAX_VALUE, 0);
    int limit = (int) number(LIMIT, parameters.get(LIMIT), 1, MOST, USUAL);
    Names names = Names.in(table.snapshot());
    return table.history(after, limit).stream().map(event -> EventRow.of(event, names)).toList();
  }

  private static long number(
      String name, @Nullable String given, long least, long most, long without) {
    if (given == null) {
      return without;
    }
    try {
      long value = Long.parseLong(given);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(refusal(name, given, least, most), e);
    }
    throw new IllegalArgumentException(refusal(name, given, least, most));
  }

  private static String refusal(String name, String given, long least, long most) {
    return "%s is a whole number from %d to %d: %s".formatted(name, least, most, given);
  }
}
