import com.azure.core.credential.AccessToken;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.ManagedIdentityCredential;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.function.UnaryOperator;

/** azure-identity gets tokens from the emulator, and asks once for one that it holds. */
final class Tokens {
    /** The user-assigned identity of ../vm.toml, and a client id that it does not know. */
    private static final String CLIENT = "5a1f0c9e-0000-4000-8000-000000000001";
    private static final String OBJECT = "5a1f0c9e-0000-4000-8000-000000000002";
    private static final String RESOURCE = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003"
            + "/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs";
    private static final String UNKNOWN = "5a1f0c9e-0000-4000-8000-00000000ffff";

    private Tokens() {}

    public static void main(String[] arguments) {
        Play play = new Play();
        play.test("gets a token for a day", Tokens::getsATokenForADay);
        play.test("does not ask again for a token it holds", Tokens::doesNotAskAgainForATokenItHolds);
        play.test("asks once for each resource", Tokens::asksOnceForEachResource);
        play.test("knows an identity by its client id", () -> assertJobs(builder -> builder.clientId(CLIENT), "client"));
        play.test("knows an identity by its object id", () -> assertJobs(builder -> builder.objectId(OBJECT), "object"));
        play.test(
                "knows an identity by its resource id",
                () -> assertJobs(builder -> builder.resourceId(RESOURCE), "resource"));
        play.test("says that an identity is unknown", Tokens::saysThatAnIdentityIsUnknown);
        play.run();
    }

    private static void getsATokenForADay() throws Exception {
        String resource = "https://management.azure.com";
        AccessToken token = Emulator.ask(Emulator.credential(), resource);
        JsonNode said = Emulator.claims(token);
        Play.assertEquals(resource, said.get("aud").asText());
        Play.assertTrue(!said.get("appid").asText().equals(CLIENT), "the user-assigned identity");
        Duration life = Duration.between(OffsetDateTime.now(), token.getExpiresAt());
        Play.assertTrue(life.minusDays(1).abs().compareTo(Duration.ofMinutes(1)) < 0, "for " + life);
    }

    private static void doesNotAskAgainForATokenItHolds() throws Exception {
        String resource = "https://storage.azure.com";
        ManagedIdentityCredential credential = Emulator.credential();
        AccessToken first = Emulator.ask(credential, resource);
        AccessToken second = Emulator.ask(credential, resource);
        Play.assertEquals(first.getToken(), second.getToken());
        Play.assertEquals(1, Emulator.requests(resource).size());
    }

    private static void asksOnceForEachResource() throws Exception {
        ManagedIdentityCredential credential = Emulator.credential();
        Emulator.ask(credential, "https://one.invalid");
        Emulator.ask(credential, "https://other.invalid");
        Play.assertEquals(1, Emulator.requests("https://one.invalid").size());
        Play.assertEquals(1, Emulator.requests("https://other.invalid").size());
    }

    private static void saysThatAnIdentityIsUnknown() throws Exception {
        String resource = "https://unknown.invalid";
        ManagedIdentityCredential credential = Emulator.credential(builder -> builder.clientId(UNKNOWN));
        try {
            Emulator.ask(credential, resource);
        } catch (ClientAuthenticationException expected) {
            String cause = expected.getCause().getMessage();
            Play.assertTrue(cause.contains("Identity not found"), cause);
            Play.assertEquals(1, Emulator.requests(resource).size());
            return;
        }
        throw new AssertionError("a token");
    }

    private static void assertJobs(UnaryOperator<ManagedIdentityCredentialBuilder> identity, String by)
            throws Exception {
        String resource = "https://by-" + by + "-id.invalid";
        JsonNode said = Emulator.claims(Emulator.ask(Emulator.credential(identity), resource));
        Play.assertEquals(CLIENT, said.get("appid").asText());
        Play.assertEquals(OBJECT, said.get("oid").asText());
        Play.assertEquals(RESOURCE, said.get("xms_mirid").asText());
        Play.assertEquals(1, Emulator.requests(resource).size());
    }
}
