// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which types can change. Allowed as constants: primitives, texts, enums, records, loggers,
 * patterns, durations, method and variable handles, memory layouts, own classes whose fields are
 * all final and of such types, and {@code List}, {@code Set} and {@code Map} as the JDK's factory
 * methods make them. A private array is allowed as a table when its class neither hands it out nor
 * writes into any array of that kind once it is initialised. Not allowed: other arrays, buffers,
 * atomics, everything else in {@code java.util.concurrent}, collections by their concrete type,
 * builders, threads.
 */
final class Mutability {
  private static final Pattern MUTABLE =
      Pattern.compile(
          "\\[.*"
              + "|Ljava/util/concurrent/(?!TimeUnit;).*"
              + "|Ljava/util/(?:\\w*(?:Deque|Queue|Vector|Stack|Buffer|Builder)"
              + "|(?:Array|Linked|Hash|LinkedHash|Tree|Enum|Identity|IdentityHash|Weak|WeakHash)"
              + "(?:List|Map|Set)"
              + "|BitSet|Hashtable|Dictionary|Properties|Date|Calendar|Timer|Random|Collection|Iterator);"
              + "|Ljava/lang/(?:StringBuilder|StringBuffer|Thread|ThreadGroup|ThreadLocal"
              + "|InheritableThreadLocal|Process);"
              + "|Ljava/nio/\\w*Buffer;"
              + "|Ljava/text/.*Format;"
              + "|Ljava/io/.*"
              + "|Ljava/net/\\w*Socket;"
              + "|Lorg/osgi/framework/.*");

  private static final Pattern MADE =
      Pattern.compile(
          "java/util/concurrent/.*"
              + "|java/util/(?:Array|Linked|Hash|LinkedHash|Tree|IdentityHash|WeakHash)(?:List|Map|Set|Deque)"
              + "|java/util/(?:BitSet|Hashtable|Properties|EnumMap|PriorityQueue)");

  private Mutability() {}

  static boolean of(String descriptor, Map<String, ClassModel> known) {
    if (MUTABLE.matcher(descriptor).matches()) {
      return true;
    }
    ClassModel own =
        descriptor.startsWith("L")
            ? known.get(descriptor.substring(1, descriptor.length() - 1).replace('/', '.'))
            : null;
    if (own == null || own.flags().has(AccessFlag.ENUM) || record(own)) {
      return false;
    }
    return own.fields().stream()
        .filter(field -> !field.flags().has(AccessFlag.STATIC))
        .anyMatch(
            field ->
                !field.flags().has(AccessFlag.FINAL)
                    || MUTABLE.matcher(field.fieldType().stringValue()).matches());
  }

  static boolean table(ClassModel type, FieldModel field) {
    String descriptor = field.fieldType().stringValue();
    if (!field.flags().has(AccessFlag.PRIVATE) || !descriptor.startsWith("[")) {
      return false;
    }
    TypeKind kind = TypeKind.fromDescriptor(descriptor.replaceFirst("^\\[+", ""));
    for (var method : type.methods()) {
      if (method.methodName().equalsString("<clinit>")
          || method.code().isEmpty()
          || fills(method, field)) {
        continue;
      }
      boolean justLoaded = false;
      for (CodeElement element : method.code().get()) {
        if (element instanceof ArrayStoreInstruction store
            && store.typeKind().asLoadable() == kind.asLoadable()) {
          return false;
        }
        if (justLoaded && element instanceof ReturnInstruction) {
          return false;
        }
        justLoaded =
            element instanceof FieldInstruction load
                && load.name().equalsString(field.fieldName().stringValue());
      }
    }
    return true;
  }

  /** The method that makes the array before the field has it. */
  private static boolean fills(MethodModel method, FieldModel field) {
    return method.flags().has(AccessFlag.PRIVATE)
        && method.flags().has(AccessFlag.STATIC)
        && method.methodType().equalsString("()" + field.fieldType().stringValue())
        && method
            .code()
            .orElseThrow()
            .elementStream()
            .noneMatch(
                element ->
                    element instanceof FieldInstruction load
                        && load.name().equalsString(field.fieldName().stringValue()));
  }

  private static boolean record(ClassModel type) {
    return type.superclass()
        .map(up -> up.asInternalName().equals("java/lang/Record"))
        .orElse(false);
  }

  /** Mutable things made while a class is initialised, whatever the field is declared as. */
  static List<String> madeAtStart(ClassModel type) {
    List<String> found = new ArrayList<>();
    for (var method : type.methods()) {
      if (method.methodName().stringValue().equals("<clinit>")) {
        for (CodeElement element : method.code().orElseThrow()) {
          switch (element) {
            case NewObjectInstruction made
                when MADE.matcher(made.className().asInternalName()).matches() ->
                found.add("makes a " + made.className().asInternalName() + " for a static field");
            case InvokeInstruction call
                when (call.owner().asInternalName().equals("java/util/Collections")
                        && call.name().stringValue().startsWith("synchronized"))
                    || call.name().stringValue().equals("newKeySet") ->
                found.add("calls " + call.name().stringValue() + " for a static field");
            default -> {}
          }
        }
      }
    }
    return found;
  }
}
