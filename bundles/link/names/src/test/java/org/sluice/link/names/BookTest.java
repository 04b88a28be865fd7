// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.link.api.IpAddress;

class BookTest {
  @TempDir private Path folder;

  private Book read(String boot) throws IOException {
    Book book = new Book(folder.resolve("var/names"), boot);
    book.read();
    return book;
  }

  private static Book.Entry entry(int index, String mac) {
    return new Book.Entry(
        index,
        mac,
        "eth" + index,
        new Servers(
            List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("fe80::1")),
            List.of(
                new Servers.Domain("a.example", false), new Servers.Domain("b.example", true))));
  }

  @Test
  void whatWasHandedOverIsKnownAfterARestartAndNotAfterABoot() throws IOException {
    Book book = read("one");
    assertTrue(book.blank());
    book.put(entry(2, "02:00:00:00:00:01"));
    book.put(entry(3, ""));
    book.host(new Book.Host("leased", ""));
    Book again = read("one");
    assertEquals(book.links(), again.links());
    assertEquals(entry(3, ""), again.link(3).orElseThrow());
    assertEquals(new Book.Host("leased", ""), again.host().orElseThrow());
    assertTrue(read("two").blank());
    again.drop(2);
    again.drop(3);
    again.host(null);
    assertFalse(Files.exists(folder.resolve("var/names")), "nothing is owned");
  }

  @Test
  void aBookThatCannotBeReadIsNotBelieved() throws IOException {
    Files.createDirectories(folder.resolve("var"));
    Files.writeString(folder.resolve("var/names"), "boot one\nlink x - eth1 =10.0.0.1\n");
    assertThrows(IOException.class, () -> read("one"));
  }
}
