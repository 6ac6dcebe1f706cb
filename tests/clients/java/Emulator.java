import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredential;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a test may know of the emulator that its client asks: its journal, and what its tokens say. */
final class Emulator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADMIN = System.getenv("IMDS_ADMIN");

    private Emulator() {}

    /** A credential as programs make it, whose requests can only go to the emulator. */
    static ManagedIdentityCredential credential(UnaryOperator<ManagedIdentityCredentialBuilder> identity) {
        String host = System.getenv(
                System.getenv("MSI_ENDPOINT") == null ? "AZURE_POD_IDENTITY_AUTHORITY_HOST" : "MSI_ENDPOINT");
        Play.assertTrue(
                host != null && host.startsWith("http://127.0.0.1:"),
                "the client would ask the real metadata address");
        return identity.apply(new ManagedIdentityCredentialBuilder()).build();
    }

    static ManagedIdentityCredential credential() {
        return credential(UnaryOperator.identity());
    }

    static AccessToken ask(ManagedIdentityCredential credential, String resource) {
        return credential.getTokenSync(new TokenRequestContext().addScopes(resource + "/.default"));
    }

    /** The claims of a token, which must have the three parts of a signed JWT. */
    static JsonNode claims(AccessToken token) throws IOException {
        String[] parts = token.getToken().split("\\.");
        Play.assertEquals(3, parts.length);
        return JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
    }

    /** When the requests for tokens of the resource came, in seconds since the emulator's start. */
    static List<Double> requests(String resource) throws IOException, InterruptedException {
        List<Double> at = new ArrayList<>();
        for (JsonNode entry : JSON.readTree(send(HttpRequest.newBuilder(admin("/journal")))).get("entries")) {
            String query = URLDecoder.decode(entry.get("query").asText(), StandardCharsets.UTF_8);
            if (List.of(query.split("&")).contains("resource=" + resource)) {
                at.add(entry.get("at_ms").asDouble() / 1e3);
            }
        }
        return at;
    }

    /** The seconds between one request for tokens of the resource and the next. */
    static List<Double> waits(String resource) throws IOException, InterruptedException {
        List<Double> at = requests(resource);
        List<Double> waits = new ArrayList<>();
        for (int i = 1; i < at.size(); i++) {
            waits.add(at.get(i) - at.get(i - 1));
        }
        System.out.println("    waited " + waits.stream().map(wait -> String.format("%.2f", wait)).toList() + " s");
        return waits;
    }

    /** The next so many requests for tokens of the resource are answered by that status. */
    static void answerNext(String resource, int count, int status) throws IOException, InterruptedException {
        String fault = String.format(
                "{\"resource\": \"%s\", \"next\": %d, \"effect\": {\"status\": %d}}", resource, count, status);
        send(HttpRequest.newBuilder(admin("/faults"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(fault)));
    }

    private static URI admin(String path) {
        return URI.create(ADMIN + path);
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        Play.assertTrue(answer.statusCode() == 200, answer.body());
        return answer.body();
    }
}
