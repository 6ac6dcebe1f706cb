import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;

/** MSAL4J asks for one token. */
final class AskMsal {
    private AskMsal() {}

    public static void main(String[] arguments) throws Exception {
        var parameters = ManagedIdentityParameters.builder("https://vault.azure.net").build();
        ManagedIdentityApplication.builder(ManagedIdentityId.systemAssigned())
                .build()
                .acquireTokenForManagedIdentity(parameters)
                .get();
    }
}
