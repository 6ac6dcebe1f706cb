package io.github.imdsemulator.junit5;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/**
 * The program of a jar as a file: in the user's folder of caches, named by its content, so that however often tests are
 * killed there is one copy of it.
 */
final class Unpacked {
    private final byte[] content;
    private final String name;

    Unpacked(byte[] content, String name) {
        this.content = content;
        this.name = name;
    }

    /** Where it is; where the user's caches cannot be written, in a folder that ends with this process. */
    Path path() throws IOException {
        Path folder = caches().resolve("imds-emulator").resolve("junit5").resolve(digest());
        Path file = folder.resolve(name);
        if (isThere(file)) {
            return file;
        }
        try {
            Files.createDirectories(folder);
            return written(folder, file);
        } catch (IOException unwritable) {
            Path temporary = Files.createTempDirectory("imds-emulator");
            temporary.toFile().deleteOnExit();
            Path copy = written(temporary, temporary.resolve(name));
            copy.toFile().deleteOnExit();
            return copy;
        }
    }

    private boolean isThere(Path file) throws IOException {
        return Files.isExecutable(file) && Files.size(file) == content.length;
    }

    /** Another process sees it whole or not at all. */
    private Path written(Path folder, Path file) throws IOException {
        Path part = Files.createTempFile(folder, name, ".part");
        try {
            Files.write(part, content);
            part.toFile().setExecutable(true);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            Files.deleteIfExists(part);
            // On Windows a program that runs is not replaced: another process has written the same meanwhile.
            if (!isThere(file)) {
                throw failed;
            }
        }
        return file;
    }

    private String digest() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return String.format("%064x", new BigInteger(1, digest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Path caches() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String home = System.getProperty("user.home");
        if (system.startsWith("windows")) {
            return variable("LOCALAPPDATA").orElse(Path.of(home, "AppData", "Local"));
        }
        Path usual = system.startsWith("mac") ? Path.of(home, "Library", "Caches") : Path.of(home, ".cache");
        return variable("XDG_CACHE_HOME").orElse(usual);
    }

    private static Optional<Path> variable(String name) {
        return Optional.ofNullable(System.getenv(name)).map(Path::of).filter(Path::isAbsolute);
    }
}
