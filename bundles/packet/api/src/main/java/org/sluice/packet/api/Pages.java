// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/** What memory is made of. Less is given where more cannot be had; the port's report tells. */
public enum Pages {
  /** The largest that can be had without asking the administrator. */
  AUTO,
  /** 4 KiB. */
  SMALL,
  /** 2 MiB, put together by the kernel when it can. */
  TRANSPARENT,
  /** 2 MiB, set aside by the administrator. */
  HUGE,
  /** 1 GiB, set aside by the administrator. */
  GIANT
}
