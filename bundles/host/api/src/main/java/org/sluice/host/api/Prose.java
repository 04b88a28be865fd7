// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

/**
 * A record that has its own form for people, such as a tree. As JSON it is written by its
 * components like any other.
 */
public interface Prose {
  String prose();
}
