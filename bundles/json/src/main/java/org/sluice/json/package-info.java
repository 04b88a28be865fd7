// SPDX-License-Identifier: Apache-2.0
/**
 * JSON as people write it and as programs read it.
 *
 * <p>Configuration files are JSON with comments and trailing commas. Whatever is wrong in one must
 * be shown at its line and column, also when the mistake is found long after parsing; so every
 * {@link org.sluice.json.JsonValue} keeps its {@link org.sluice.json.Place}. Answers go out as
 * strict JSON, written straight from records by {@link org.sluice.json.JsonWriter}.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.json;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
