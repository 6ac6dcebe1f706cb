import com.azure.core.credential.AccessToken;

/** azure-identity gets a token in the protocol of Cloud Shell, by a GET. */
final class CloudShell {
    private CloudShell() {}

    public static void main(String[] arguments) {
        Play play = new Play();
        play.test("gets a token", () -> {
            String resource = "https://management.azure.com";
            AccessToken token = Emulator.ask(Emulator.credential(), resource);
            Play.assertEquals(resource, Emulator.claims(token).get("aud").asText());
            Play.assertEquals(1, Emulator.requests(resource).size());
        });
        play.run();
    }
}
