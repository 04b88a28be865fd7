// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.link.api.Happening.Kind;

class ConditionTest {
  private static boolean holds(String condition) {
    Occasion occasion = Samples.occasion(7, Kind.CARRIER, 3, "");
    return Condition.parse(condition)
        .holds(occasion, Circumstances.of(occasion, Samples.picture(occasion.link())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "true",
        "carrier",
        "!has_gateway",
        "interface == \"eth3\"",
        "interface == 'eth3' && mtu == 1500",
        "dns_count == 0 && address_count < 1 && index >= 3 && index <= 3 && mtu > 1499",
        "has_gateway || carrier && up",
        "!(has_gateway || !carrier)",
        "!!carrier",
        "(event == \"carrier\") && (state != \"off\")",
        "backend == \"netlink\" && source == \"kernel\"",
        "has_gateway == false"
      })
  void holdsWhenItIsSo(String condition) {
    assertTrue(holds(condition), condition);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "has_gateway",
        "interface == \"eth33\"",
        "interface == \"eth*\"",
        "has_gateway && carrier",
        "carrier && !up || has_ipv4",
        "mtu < 1500",
        "interface == \"a\\\" || true || \\\"\""
      })
  void doesNotHoldWhenItIsNot(String condition) {
    boolean held;
    try {
      held = holds(condition);
    } catch (IllegalArgumentException e) {
      held = false;
    }
    assertEquals(false, held, condition);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "has_gatway | character 1 | has_gateway",
        "mtu | character 1: expected true or false, found a number | mtu",
        "mtu == 'x' | character 5 | compares a number with a text",
        "interface > 'a' | character 11 | compares numbers",
        "carrier && | character 11: the end | expected",
        "(carrier | character 9 | expected )",
        "carrier carrier | character 9 | expected && or ||",
        "interface == \"x | character 14 | has no end",
        "carrier & up | character 9 | cannot be understood",
        "carrier && mtu | character 12 | expected true or false",
        "carrier && state == 'routeable' | character 21 | did you mean \"routable\"?",
        "\"carier\" == event | character 1 | did you mean \"carrier\"?",
        "happening == 'routable' | character 14 | \"routable\" is no happening",
        "mtu > 99999999999999999999 | character 7 | is too large",
      })
  void saysWhatIsWrongAndWhere(String condition, String place, String what) {
    String message =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> Condition.parse(condition))
                .getMessage());
    assertTrue(message.contains(place), message);
    assertTrue(message.contains(what), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "false",
        "!true",
        "carrier && false",
        "dns_count < 0",
        "0 > mtu || false",
        "1 == 2",
        "'a' != 'a'",
        "!(mtu >= 0)",
        "state == 'off' && state == 'routable'",
        "interface == 'a' && (carrier && 'b' == interface)"
      })
  void whatCanNeverHoldIsRefused(String condition) {
    assertTrue(
        assertThrows(Condition.Wrong.class, () -> Condition.parse(condition))
            .what()
            .contains("can never hold"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "carrier || false",
        "dns_count <= 0",
        "state == 'off' || state == 'routable'",
        "!(state == 'off' && state == 'routable')",
        "state == 'off' && event == 'no-carrier'",
        "state == ''",
        "interface == mac",
        "mtu < 0 || up"
      })
  void whatMayHoldIsNot(String condition) {
    assertEquals(condition, Condition.parse(condition).toString());
  }

  @Test
  void isReadHoweverDeepItIsWritten() {
    String deep = "(".repeat(5000) + "carrier" + ")".repeat(5000);
    assertThrows(IllegalArgumentException.class, () -> Condition.parse(deep));
    assertThrows(
        IllegalArgumentException.class, () -> Condition.parse("!".repeat(5000) + "carrier"));
  }
}
