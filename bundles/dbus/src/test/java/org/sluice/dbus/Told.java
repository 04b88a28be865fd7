// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Writes down in one row what listeners are told. */
final class Told implements BusListener, SignalListener, NameListener, OwnershipListener {
  private final BlockingQueue<String> row = new LinkedBlockingQueue<>();

  @Override
  public void connected(String uniqueName) {
    add("connected");
  }

  @Override
  public void disconnected(String why) {
    add("disconnected");
  }

  @Override
  public void signal(Signal signal) {
    add("signal " + signal.member() + " " + signal.body().text(0).orElse(""));
  }

  @Override
  public void readAnew(Gap gap) {
    add("read anew " + gap);
  }

  @Override
  public void refused(DBusException why) {
    add("refused");
  }

  @Override
  public void owned(String name, Optional<String> owner) {
    add("owner " + owner.orElse("nobody"));
  }

  @Override
  public void told(String name, Ownership ownership, String detail) {
    add("ownership " + ownership);
  }

  void add(String what) {
    row.add(what);
  }

  /** The next thing told is this. */
  void expect(String what) throws InterruptedException {
    assertEquals(what, next());
  }

  String next() throws InterruptedException {
    String next = row.poll(20, TimeUnit.SECONDS);
    assertNotNull(next, "nothing was told for 20 seconds");
    return next;
  }

  /** Whether anything was told that was not looked at. */
  boolean told() {
    return !row.isEmpty();
  }

  void expectNothing(Duration time) throws InterruptedException {
    assertEquals(null, row.poll(time.toMillis(), TimeUnit.MILLISECONDS));
  }
}
