import com.azure.identity.ManagedIdentityCredential;
import java.util.List;

/** What azure-identity does when it is refused, as imds-client's preset java-azure-identity has it. */
final class Retries {
    private Retries() {}

    public static void main(String[] arguments) {
        Play play = new Play();
        play.test("comes back later each time it is refused", Retries::comesBackLaterEachTime);
        play.run();
    }

    private static void comesBackLaterEachTime() throws Exception {
        String resource = "https://refused.invalid";
        Emulator.answerNext(resource, 3, 429);
        ManagedIdentityCredential credential = Emulator.credential();
        Play.assertEquals(resource, Emulator.claims(Emulator.ask(credential, resource)).get("aud").asText());
        List<Double> waits = Emulator.waits(resource);
        Play.assertEquals(3, waits.size());
        Play.assertTrue(waits.get(0) >= 0.8 && waits.get(1) >= 1.6 && waits.get(2) >= 3.2, "not as the preset");
    }
}
