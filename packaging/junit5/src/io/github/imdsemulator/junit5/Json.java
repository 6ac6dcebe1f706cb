package io.github.imdsemulator.junit5;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of JSON as this package reads of the emulator's own answers: values without escapes. */
final class Json {
    private Json() {}

    /** The first text, number or truth value of that key. */
    static String text(String json, String key) {
        String found = optional(json, key);
        if (found == null) {
            throw new IllegalStateException("no \"" + key + "\" in " + json);
        }
        return found;
    }

    /** As {@link #text}, or null where there is none. */
    static String optional(String json, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\":\"?([^\",}]*)").matcher(json);
        return matcher.find() ? matcher.group(1) : null;
    }
}
