package com.example.hello;

/** The service of this plugin. Nothing is exported: a bundle that can be swapped shares no types. */
public interface Greeter {

  /**
   * @throws IllegalStateException when all greetings are used up
   */
  Greeting greet(String name);

  /** How many greetings are left. */
  int left();

  /** One greeting, and the how-manieth it was. */
  record Greeting(String text, int number) {}
}
