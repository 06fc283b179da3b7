package dev.tether.cli.console;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** With which signs to draw. */
public enum Signs {
    UNICODE,
    ASCII;

    /**
     * Those that the locale can show, as POSIX has it: the first of three variables that is set tells; none set tells
     * nothing against Unicode.
     */
    public static Signs ofLocale(Map<String, String> environment) {
        boolean utf8 = Stream.of("LC_ALL", "LC_CTYPE", "LANG")
                .map(name -> environment.getOrDefault(name, ""))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .map(locale -> locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8"))
                .orElse(true);
        return utf8 ? UNICODE : ASCII;
    }
}
