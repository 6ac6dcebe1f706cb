package io.github.imdsemulator.junit5;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Where the emulator is: the system property {@code imds.emulator.binary}, the variable {@code IMDS_EMULATOR}, the jar
 * of this platform, or {@code PATH}; the first that there is.
 */
final class Binary {
    private static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
    private static final String FILE = WINDOWS ? "imds-emulator.exe" : "imds-emulator";

    private Binary() {}

    static String find() {
        return named().or(Binary::unpacked)
                .or(Binary::onPath)
                .orElseThrow(() -> new IllegalStateException(
                        "no imds-emulator: add the artifact with the classifier " + platform()
                                + ", or set the system property imds.emulator.binary, IMDS_EMULATOR or PATH"));
    }

    private static Optional<String> named() {
        return Optional.ofNullable(System.getProperty("imds.emulator.binary"))
                .or(() -> Optional.ofNullable(System.getenv("IMDS_EMULATOR")));
    }

    /** From the jar with the classifier, in the words of os-maven-plugin. */
    private static Optional<String> unpacked() {
        try (InputStream program = Binary.class.getResourceAsStream("/imds-emulator/" + platform() + "/" + FILE)) {
            if (program == null) {
                return Optional.empty();
            }
            return Optional.of(new Unpacked(program.readAllBytes(), FILE).path().toString());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Optional<String> onPath() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, FILE))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "osx" : "linux") + "-"
                + (machine.equals("amd64") || machine.equals("x86_64") ? "x86_64" : "aarch_64");
    }
}
