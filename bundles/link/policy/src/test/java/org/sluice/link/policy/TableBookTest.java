// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.link.api.Link;
import org.sluice.link.api.OperState;

class TableBookTest {
  private static final TableBook EMPTY = new TableBook(92, List.of());

  @TempDir Path folder;

  private static List<Claim> claims(Link... links) {
    return Arrays.stream(links).map(link -> new Claim(link, Samples.spec("p", "*"))).toList();
  }

  private static TableBook.Assignment assign(TableBook book, Link... links) {
    return book.assign(claims(links), 20_000, table -> true);
  }

  @Test
  void aTableStaysWithTheHardwareAddress() {
    TableBook.Assignment first = assign(EMPTY, Samples.eth(1), Samples.eth(2));
    assertEquals(Map.of(1, 20_000L, 2, 20_001L), first.tables());
    TableBook.Assignment renamed =
        assign(first.book(), Samples.link(7, "wan", "02:00:00:00:00:02"));
    assertEquals(Map.of(7, 20_001L), renamed.tables());
    assertTrue(
        renamed.book().entries().contains(new TableBook.Entry(20_001, "02:00:00:00:00:02", "wan")));
    assertEquals(
        Map.of(9, 20_000L),
        assign(renamed.book(), Samples.link(9, "eth1", "02:00:00:00:00:01")).tables(),
        "one that was away for a while");
  }

  @Test
  void thePermanentAddressCountsMore() {
    Link one =
        new Link(
            1,
            "eth1",
            "ether",
            "02:00:00:00:00:99",
            "52:54:00:00:00:01",
            1500,
            java.util.Set.of(),
            OperState.UP,
            true,
            0,
            0,
            List.of());
    assertEquals("52:54:00:00:00:01", assign(EMPTY, one).book().entries().getFirst().mac());
  }

  @Test
  void linksWithTheSameAddressAreToldApartByName() {
    Link base = Samples.link(1, "eth0", "02:00:00:00:00:0a");
    Link vlan = Samples.link(2, "eth0.5", "02:00:00:00:00:0a");
    TableBook book = assign(EMPTY, base, vlan).book();
    // The other one comes first this time.
    assertEquals(Map.of(1, 20_000L, 2, 20_001L), assign(book, vlan, base).tables());
    assertEquals(Map.of(2, 20_001L), assign(book, vlan).tables());
    // One is renamed: it takes what is left, not what the other one has.
    Link renamed = Samples.link(2, "voice", "02:00:00:00:00:0a");
    assertEquals(Map.of(1, 20_000L, 2, 20_001L), assign(book, renamed, base).tables());
  }

  @Test
  void withoutAnAddressTheNameIsAllThereIs() {
    TableBook book = assign(EMPTY, Samples.link(1, "tun0", ""), Samples.link(2, "tun1", "")).book();
    assertEquals(Map.of(5, 20_001L), assign(book, Samples.link(5, "tun1", "")).tables());
    assertEquals(Map.of(5, 20_002L), assign(book, Samples.link(5, "tun2", "")).tables());
  }

  @Test
  void whatSomebodyUsesIsNotTaken() {
    List<Claim> all = new ArrayList<>(claims(Samples.eth(1), Samples.eth(2)));
    all.add(new Claim(Samples.eth(3), Samples.spec("fixed", 20_002, "eth3")));
    TableBook.Assignment assigned =
        EMPTY.assign(all, 20_000, table -> table != 20_000 && table != 20_003);
    assertEquals(Map.of(1, 20_001L, 2, 20_004L, 3, 20_002L), assigned.tables());
    assertEquals(2, assigned.book().entries().size(), "a fixed one need not be remembered");
    List<Claim> again = new ArrayList<>(claims(Samples.eth(1)));
    again.add(new Claim(Samples.eth(3), Samples.spec("fixed", 20_001, "eth3")));
    assertEquals(
        Map.of(1, 20_000L, 3, 20_001L),
        assigned.book().assign(again, 20_000, table -> true).tables(),
        "who asks for a number gets it");
  }

  @Test
  void theBookDoesNotGrowForEver() {
    TableBook book = EMPTY;
    for (int i = 0; i < 5000; i++) {
      book = assign(book, Samples.eth(1), Samples.link(2, "veth" + i, "0a:" + i)).book();
    }
    assertTrue(book.entries().size() <= 4096, String.valueOf(book.entries().size()));
    assertEquals(20_000L, assign(book, Samples.eth(1)).tables().get(1));
  }

  @Test
  void theFileHoldsWhatTheBookSays() throws Exception {
    TableFile file = new TableFile(folder.resolve("var/tables"));
    assertTrue(file.read().isEmpty());
    TableBook book =
        assign(EMPTY, Samples.eth(1), Samples.link(2, "a\\x20b", "")).book().ownedBy(77);
    file.write(book);
    assertEquals(book, file.read().orElseThrow());
    assertFalse(Files.exists(folder.resolve("var/tables.new")));
  }

  @Test
  void aFileThatCannotBeReadIsSetAside() throws Exception {
    Path path = folder.resolve("tables");
    for (String text : List.of("owner 92\nnonsense\n", "20000 - x\n", "owner x\n", "a b c\n")) {
      Files.writeString(path, text);
      TableFile file = new TableFile(path);
      assertThrows(IOException.class, file::read, text);
      file.setAside();
      assertTrue(file.read().isEmpty());
      assertEquals(text, Files.readString(folder.resolve("tables.unreadable")));
    }
  }
}
