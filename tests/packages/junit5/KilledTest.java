import io.github.imdsemulator.junit5.Imds;
import io.github.imdsemulator.junit5.ImdsVm;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Says where its emulator is, and ends its process at once. */
@Imds
class KilledTest {
    @Test
    void killed(ImdsVm imds) throws Exception {
        Files.writeString(Path.of("endpoint"), imds.endpoint());
        Runtime.getRuntime().halt(9);
    }
}
