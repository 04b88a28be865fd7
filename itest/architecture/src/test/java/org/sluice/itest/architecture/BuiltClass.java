// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A class as the compiler left it.
 *
 * @param room short name of its bundle: {@code host.deploy}
 */
record BuiltClass(String room, ClassModel model) {

  /** {@code org.sluice.host.deploy.Worker$Job}. */
  String name() {
    return model.thisClass().asInternalName().replace('/', '.');
  }

  String packageName() {
    return name().substring(0, Math.max(0, name().lastIndexOf('.')));
  }

  String simpleName() {
    return name().substring(Math.max(name().lastIndexOf('.'), name().lastIndexOf('$')) + 1);
  }

  private Stream<PoolEntry> pool() {
    return StreamSupport.stream(model.constantPool().spliterator(), false);
  }

  /** Methods and fields that it uses, called or handed on. */
  List<Member> uses() {
    return pool()
        .filter(MemberRefEntry.class::isInstance)
        .map(MemberRefEntry.class::cast)
        .map(
            member ->
                new Member(
                    member.owner().asInternalName().replace('/', '.'),
                    member.name().stringValue(),
                    member.type().stringValue()))
        .toList();
  }

  record Member(String owner, String name, String type) {
    boolean is(String otherOwner, String otherName) {
      return owner.equals(otherOwner) && name.equals(otherName);
    }

    @Override
    public String toString() {
      return owner + "." + name;
    }
  }

  /** Whether a type is mentioned anywhere, be it only in a signature. */
  boolean mentions(String type) {
    String internal = type.replace('.', '/');
    return pool()
        .filter(Utf8Entry.class::isInstance)
        .map(entry -> ((Utf8Entry) entry).stringValue())
        .anyMatch(
            text ->
                text.equals(internal)
                    || text.contains("L" + internal + ";")
                    || text.contains(internal + "$"));
  }

  /** Texts of the program, with the fixed parts of those that are put together. */
  List<String> texts() {
    return pool()
        .filter(StringEntry.class::isInstance)
        .map(entry -> ((StringEntry) entry).stringValue())
        .toList();
  }

  List<FieldModel> fields() {
    return model.fields();
  }
}
