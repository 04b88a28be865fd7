// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.sluice.ops.api.EventFeed.FeedEvent;

class BacklogTest {
  private final Backlog backlog = new Backlog(3);

  private record Word(String text) {}

  private void add(String... words) {
    for (String word : words) {
      backlog.add("word", new Word(word));
    }
  }

  private static String text(FeedEvent event) {
    return event.data() instanceof Word word ? word.text() : event.name();
  }

  private static List<String> texts(List<FeedEvent> events) {
    return events.stream().map(BacklogTest::text).toList();
  }

  private List<FeedEvent> read(OptionalLong after) {
    List<FeedEvent> told = new ArrayList<>();
    backlog.subscribe(after, told::add).close();
    return told;
  }

  @Test
  void whoComesIsToldWhatIsDoneFromNowOn() {
    add("before");
    List<FeedEvent> told = new ArrayList<>();
    try (var _ = backlog.subscribe(OptionalLong.empty(), told::add)) {
      add("a", "b");
    }
    add("after");
    assertEquals(List.of("a", "b"), texts(told));
    assertEquals(told.getFirst().id() + 1, told.getLast().id());
  }

  @Test
  void whoComesBackIsToldWhatHeMissed() {
    List<FeedEvent> told = new ArrayList<>();
    try (var _ = backlog.subscribe(OptionalLong.empty(), told::add)) {
      add("a");
    }
    add("b", "c");
    assertEquals(List.of("b", "c"), texts(read(OptionalLong.of(told.getFirst().id()))));
  }

  @Test
  void whatIsNotKeptIsAGap() {
    List<FeedEvent> told = new ArrayList<>();
    try (var _ = backlog.subscribe(OptionalLong.empty(), told::add)) {
      add("a", "b", "c", "d", "e");
    }
    List<FeedEvent> again = read(OptionalLong.of(told.getFirst().id()));
    assertEquals(List.of(Backlog.GAP, "c", "d", "e"), texts(again));
    assertEquals(
        new Backlog.Gap(
            told.getFirst().id(), told.get(1).id(), "what follows is not all kept any more"),
        again.getFirst().data());
    assertEquals(FeedEvent.UNNUMBERED, again.getFirst().id());
    assertEquals(List.of("c", "d", "e"), texts(read(OptionalLong.of(told.get(1).id()))));
  }

  @Test
  void aNumberOfAnotherLifeIsAGap() {
    add("a");
    List<FeedEvent> late = read(OptionalLong.of(Long.MAX_VALUE));
    assertEquals(List.of(Backlog.GAP, "a"), texts(late));
    assertEquals(List.of(Backlog.GAP, "a"), texts(read(OptionalLong.of(7))));
    assertTrue(read(OptionalLong.of(late.getLast().id())).isEmpty());
  }
}
