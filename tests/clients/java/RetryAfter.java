import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.ManagedIdentityCredential;
import java.util.List;

/**
 * What azure-identity does when it is told when to come back, as imds-client's preset java-azure-identity has
 * it. The VM of ../spent-vm.toml gives one token an hour.
 */
final class RetryAfter {
    private RetryAfter() {}

    public static void main(String[] arguments) {
        Play play = new Play();
        play.test("comes back when it is told and gives up after six attempts", RetryAfter::comesBackWhenItIsTold);
        play.run();
    }

    private static void comesBackWhenItIsTold() throws Exception {
        ManagedIdentityCredential credential = Emulator.credential();
        Emulator.ask(credential, "https://first.invalid");
        try {
            Emulator.ask(credential, "https://second.invalid");
        } catch (ClientAuthenticationException expected) {
            String cause = expected.getCause().getMessage();
            Play.assertTrue(cause.contains("too many requests"), cause);
            List<Double> waits = Emulator.waits("https://second.invalid");
            Play.assertEquals(5, waits.size());
            Play.assertTrue(waits.stream().allMatch(wait -> wait >= 1), "too early");
            return;
        }
        throw new AssertionError("a token");
    }
}
