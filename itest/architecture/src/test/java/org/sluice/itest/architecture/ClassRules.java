// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.lang.classfile.ClassModel;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What every class of a bundle has to keep to. */
final class ClassRules {

  /** A rule, and what it finds wrong in a class. */
  record Rule(String name, Function<BuiltClass, List<String>> violations) {}

  private static final Pattern EMPTY_NAME = Pattern.compile(".*(Manager|Utils?|Helper|Impl)$");

  private final Map<String, ClassModel> known;

  /**
   * @param all classes whose inside may be looked at, to judge whether they are mutable
   */
  ClassRules(List<BuiltClass> all) {
    known =
        all.stream()
            .collect(
                Collectors.toMap(BuiltClass::name, BuiltClass::model, (first, again) -> first));
  }

  List<Rule> all() {
    return List.of(
        new Rule("only sys calls the operating system", ClassRules::nativeAccess),
        new Rule("nothing static is mutable", this::staticState),
        new Rule("no ThreadLocal", ClassRules::threadLocal),
        new Rule("every thread is named after its bundle", ClassRules::threads),
        new Rule("nothing is printed", ClassRules::printing),
        new Rule("a class is named for its role", ClassRules::emptyName),
        new Rule("a class is in the package of its bundle", ClassRules::strayPackage));
  }

  /** Views on memory may be handed around; who makes them from an address is sys. */
  private static List<String> nativeAccess(BuiltClass type) {
    if (type.room().equals("sys")) {
      return List.of();
    }
    List<String> found = new ArrayList<>();
    for (String door : List.of("java.lang.foreign.Linker", "java.lang.foreign.SymbolLookup")) {
      if (type.mentions(door)) {
        found.add("uses " + door);
      }
    }
    for (BuiltClass.Member used : type.uses()) {
      if (used.is("java.lang.foreign.MemorySegment", "reinterpret")
          || used.is("java.lang.System", "load")
          || used.is("java.lang.System", "loadLibrary")
          || used.is("java.lang.Runtime", "load")
          || used.is("java.lang.Runtime", "loadLibrary")) {
        found.add("calls " + used);
      }
    }
    return found;
  }

  private static List<String> threadLocal(BuiltClass type) {
    return type.mentions("java.lang.ThreadLocal")
            || type.mentions("java.lang.InheritableThreadLocal")
        ? List.of("uses a ThreadLocal, which keeps the class loader of a plugin alive")
        : List.of();
  }

  /**
   * A class that makes threads has the name {@code <bundle>/…} among its texts, and makes them only
   * in ways that take a name.
   */
  private static List<String> threads(BuiltClass type) {
    List<String> found = new ArrayList<>();
    boolean makes = false;
    for (BuiltClass.Member used : type.uses()) {
      if (used.is("java.lang.Thread", "<init>")) {
        makes = true;
        if (!used.type().contains("Ljava/lang/String;")) {
          found.add("makes a thread without a name");
        }
      } else if (used.is("java.lang.Thread", "ofPlatform")
          || used.is("java.lang.Thread", "ofVirtual")) {
        makes = true;
        if (type.uses().stream().noneMatch(ClassRules::naming)) {
          found.add("makes a thread without a name");
        }
      } else if (nameless(used)) {
        found.add("makes nameless threads with " + used);
      }
    }
    if (makes && type.texts().stream().noneMatch(text -> text.startsWith(type.room() + "/"))) {
      found.add("makes a thread whose name does not begin with " + type.room() + "/");
    }
    return found;
  }

  private static boolean naming(BuiltClass.Member used) {
    return used.owner().startsWith("java.lang.Thread$Builder") && used.name().equals("name");
  }

  private static boolean nameless(BuiltClass.Member used) {
    boolean named =
        Stream.of(
                "java/util/concurrent/ThreadFactory",
                "java/util/concurrent/Executor",
                "java/lang/String")
            .anyMatch(type -> used.type().contains("L" + type + ";"));
    return switch (used.owner()) {
      case "java.lang.Thread" -> used.name().equals("startVirtualThread");
      case "java.util.Timer" -> used.name().equals("<init>") && !named;
      case "java.util.concurrent.Executors" -> used.name().startsWith("new") && !named;
      case "java.util.concurrent.CompletableFuture" ->
          (used.name().equals("supplyAsync") || used.name().equals("runAsync")) && !named;
      case "java.util.concurrent.ForkJoinPool" -> used.name().equals("commonPool");
      default -> used.name().equals("parallelStream");
    };
  }

  private static List<String> printing(BuiltClass type) {
    return type.uses().stream()
        .filter(
            used ->
                used.is("java.lang.System", "out")
                    || used.is("java.lang.System", "err")
                    || (used.name().equals("printStackTrace") && used.type().equals("()V")))
        .map(used -> "uses " + used + " instead of the log")
        .toList();
  }

  private static List<String> emptyName(BuiltClass type) {
    return EMPTY_NAME.matcher(type.simpleName()).matches()
        ? List.of("has a name that says nothing; name it for its role")
        : List.of();
  }

  private static List<String> strayPackage(BuiltClass type) {
    String home = "org.sluice." + type.room();
    return type.packageName().equals(home) || type.packageName().startsWith(home + ".")
        ? List.of()
        : List.of("is in package " + type.packageName() + " of bundle " + home);
  }

  /** Static fields are final, of an immutable type, and not filled with something mutable. */
  private List<String> staticState(BuiltClass type) {
    List<String> found = new ArrayList<>();
    for (var field : type.fields()) {
      Set<AccessFlag> flags = field.flags().flags();
      // What the compiler adds for enums, switches and assertions is never written again.
      if (!flags.contains(AccessFlag.STATIC) || flags.contains(AccessFlag.SYNTHETIC)) {
        continue;
      }
      String name = field.fieldName().stringValue();
      if (!flags.contains(AccessFlag.FINAL)) {
        found.add("static field " + name + " is not final");
      } else if (Mutability.of(field.fieldType().stringValue(), known)
          && !Mutability.table(type.model(), field)) {
        found.add(
            "static field " + name + " has the mutable type " + field.fieldType().stringValue());
      }
    }
    found.addAll(Mutability.madeAtStart(type.model()));
    return found;
  }
}
