package io.github.imdsemulator.junit5;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The one emulator of this process. It ends with the process, since its standard input closes then. */
final class Server {
    private static final Pattern REMOVED = Pattern.compile("unset (\\w+)");
    private static final Pattern SET = Pattern.compile("export (\\w+)='([^']*)'");
    private static Server started;

    private final String binary = Binary.find();
    private final String ready;

    private Server() throws IOException {
        Process process = command(Stream.concat(
                        Stream.of(
                                "serve",
                                "--listen",
                                "127.0.0.1:0",
                                "--admin-listen",
                                "127.0.0.1:0",
                                "--until-stdin-closes"),
                        words(System.getProperty("imds.emulator.arguments", ""))))
                .redirectError(Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        if (line == null) {
            throw new IllegalStateException("imds-emulator did not start; what it said is above");
        }
        ready = line;
    }

    static synchronized Server started() {
        if (started == null) {
            try {
                started = new Server();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return started;
    }

    ImdsVm vm(String settings) {
        String made = Http.send("POST", Json.text(ready, "admin") + "/vms", settings);
        return new ImdsVm(Json.text(made, "imds"), Json.text(made, "admin"));
    }

    /** What leads clients to an endpoint, as the emulator says: empty where a variable has to be removed. */
    Map<String, Optional<String>> variables(String endpoint) {
        Map<String, Optional<String>> variables = new LinkedHashMap<>();
        for (String line : output(Stream.of("env", "--shell", "bash", "--endpoint", endpoint))) {
            Matcher removed = REMOVED.matcher(line);
            Matcher set = SET.matcher(line);
            if (removed.matches()) {
                variables.put(removed.group(1), Optional.empty());
            } else if (set.matches()) {
                variables.put(set.group(1), Optional.of(set.group(2)));
            }
        }
        return variables;
    }

    private List<String> output(Stream<String> arguments) {
        try {
            Process process = command(arguments).redirectError(Redirect.INHERIT).start();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                return lines.lines().collect(Collectors.toList());
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Settings that are meant for an emulator of the user's own are no settings of this one. */
    private ProcessBuilder command(Stream<String> arguments) {
        List<String> words = Stream.concat(Stream.of(binary), arguments).collect(Collectors.toList());
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith("IMDS_EMULATOR_"));
        return builder;
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty());
    }
}
