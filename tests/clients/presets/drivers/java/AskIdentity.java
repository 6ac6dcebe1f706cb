import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredentialBuilder;

/** azure-identity asks for one token. */
final class AskIdentity {
    private AskIdentity() {}

    public static void main(String[] arguments) {
        var context = new TokenRequestContext().addScopes("https://vault.azure.net/.default");
        new ManagedIdentityCredentialBuilder().build().getTokenSync(context);
    }
}
