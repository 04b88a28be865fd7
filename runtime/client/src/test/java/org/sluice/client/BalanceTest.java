// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "link:list,true",
        "each [1 2] {,false",
        "each [1 2] { echo $it },true",
        "echo 'a,false",
        "echo 'a(',true",
        "echo \"a,false",
        "echo \\,false",
        "echo \\(,true",
        "echo ),true",
        "(link:list,false"
      })
  void knowsWhenALineGoesOn(String text, boolean whole) {
    assertEquals(whole, Balance.isWhole(text), text);
  }
}
