// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets through a burst of records of one kind and then so many a second. What was kept back is
 * counted and told: with the next record of its kind, or when the rush is over.
 */
final class RateLimit {
  private static final int KINDS = 512;
  private static final int TEMPLATE = 80;
  private static final double NANOS = 1e9;

  private final Map<Kind, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);
  private final List<Rest> evicted = new ArrayList<>();
  private final int burst;
  private final int perSecond;
  private int pending;

  /**
   * @param burst 0 for no limit
   */
  RateLimit(int burst, int perSecond) {
    this.burst = burst;
    this.perSecond = perSecond;
  }

  /**
   * What records are counted together by.
   *
   * @param template the text with every number as 0
   */
  record Kind(String source, String template) {
    static Kind of(String source, String text) {
      StringBuilder template = new StringBuilder();
      for (int i = 0; i < text.length() && template.length() < TEMPLATE; i++) {
        char c = text.charAt(i);
        boolean digit = c >= '0' && c <= '9';
        if (!digit) {
          template.append(c);
        } else if (template.isEmpty() || template.charAt(template.length() - 1) != '0') {
          template.append('0');
        }
      }
      return new Kind(source, template.toString());
    }
  }

  /** Records of a kind that were kept back. */
  record Rest(Kind kind, long suppressed) {}

  private static final class Bucket {
    private double tokens;
    private long at;
    private long suppressed;
  }

  /**
   * The verdict on one record.
   *
   * @param before how many of its kind were kept back since the last that was let through
   * @param first whether with this one something is kept back of which nobody was told
   */
  record Verdict(boolean passes, long before, boolean first) {}

  synchronized Verdict admit(Kind kind, long now) {
    if (burst == 0) {
      return new Verdict(true, 0, false);
    }
    Bucket bucket = buckets.get(kind);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = burst;
      bucket.at = now;
      buckets.put(kind, bucket);
      evict();
    }
    refill(bucket, now);
    if (bucket.tokens < 1) {
      boolean first = !pending();
      pending += bucket.suppressed == 0 ? 1 : 0;
      bucket.suppressed++;
      return new Verdict(false, 0, first);
    }
    bucket.tokens--;
    long before = bucket.suppressed;
    if (before > 0) {
      bucket.suppressed = 0;
      pending--;
    }
    return new Verdict(true, before, false);
  }

  private void refill(Bucket bucket, long now) {
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / NANOS * perSecond);
    bucket.at = now;
  }

  private void evict() {
    if (buckets.size() > KINDS) {
      Iterator<Map.Entry<Kind, Bucket>> eldest = buckets.entrySet().iterator();
      Map.Entry<Kind, Bucket> gone = eldest.next();
      if (gone.getValue().suppressed > 0) {
        evicted.add(new Rest(gone.getKey(), gone.getValue().suppressed));
        pending--;
      }
      eldest.remove();
    }
  }

  /** Whether something was kept back that nobody was told of. */
  synchronized boolean pending() {
    return pending > 0 || !evicted.isEmpty();
  }

  /** What was kept back of the kinds whose rush is over; told only once. */
  synchronized List<Rest> settled(long now) {
    List<Rest> settled = new ArrayList<>(evicted);
    evicted.clear();
    buckets.forEach(
        (kind, bucket) -> {
          refill(bucket, now);
          if (bucket.suppressed > 0 && bucket.tokens >= 1) {
            settled.add(new Rest(kind, bucket.suppressed));
            bucket.suppressed = 0;
            pending--;
          }
        });
    return settled;
  }
}
