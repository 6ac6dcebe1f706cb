import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;
import io.github.imdsemulator.junit5.Imds;
import io.github.imdsemulator.junit5.ImdsVm;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The statics of MSAL4J: each test has a VM of its own, although address and tokens belong to the process. */
@Imds
class StaticsTest {
    private static final String RESOURCE = "https://vault.azure.net";
    private static final Set<String> ENDPOINTS = new HashSet<>();
    private static ManagedIdentityApplication application;

    @RepeatedTest(3)
    void eachTestAsksItsOwnVmOnce(ImdsVm imds) {
        assertTrue(ENDPOINTS.add(imds.endpoint()));
        assertEquals(ask().getToken(), ask().getToken());
        assertEquals(1, imds.requests());
        assertTrue(imds.isClean());
    }

    @RepeatedTest(2)
    void msalByItselfReadsTheAddressForEachRequest(ImdsVm imds) throws Exception {
        var parameters = ManagedIdentityParameters.builder(RESOURCE).build();
        if (application == null) {
            application = ManagedIdentityApplication.builder(ManagedIdentityId.systemAssigned()).build();
        }
        application.acquireTokenForManagedIdentity(parameters).get();
        assertEquals(1, imds.requests());
    }

    @Test
    void leftAloneTheSdkKeepsItsToken(ImdsVm imds) {
        ask();
        ask();
        assertEquals(1, imds.requests());
        imds.reset();
        ask();
        assertEquals(1, imds.requests());
    }

    @Test
    @Imds(settings = "{\"identities\":[{\"name\":\"a\",\"client_id\":\"5a1f0c9e-0000-4000-8000-000000000001\"}]}")
    void anotherVmForOneTest(ImdsVm imds) {
        var credential = new ManagedIdentityCredentialBuilder().clientId("5a1f0c9e-0000-4000-8000-000000000001").build();
        credential.getTokenSync(new TokenRequestContext().addScopes(RESOURCE + "/.default"));
        assertTrue(imds.journal().contains("5a1f0c9e-0000-4000-8000-000000000001"), imds.journal());
        imds.limits("{\"identity\":{\"concurrent\":3}}");
        assertTrue(imds.tally().contains("\"slots\":3"), imds.tally());
    }

    @Test
    void aWrongFaultIsRefused(ImdsVm imds) {
        var wrong = assertThrows(IllegalStateException.class, () -> imds.fault("{\"effect\":{\"status\":99}}"));
        assertTrue(wrong.getMessage().contains("400"), wrong.getMessage());
    }

    @Nested
    class Within {
        @Test
        void theClassAroundHolds(ImdsVm imds) {
            ask();
            assertEquals(1, imds.requests());
        }
    }

    @AfterAll
    static void theVariablesAreBack() throws Exception {
        assertEquals(3, ENDPOINTS.size());
        var get = ManagedIdentityApplication.class.getDeclaredMethod("getEnvironmentVariables");
        get.setAccessible(true);
        var variables = get.invoke(null);
        var read = variables.getClass().getMethod("getEnvironmentVariable", String.class);
        read.setAccessible(true);
        assertEquals(System.getenv("PATH"), read.invoke(variables, "PATH"));
        assertFalse(ENDPOINTS.contains(String.valueOf(read.invoke(variables, "AZURE_POD_IDENTITY_AUTHORITY_HOST"))));
    }

    private static AccessToken ask() {
        return new ManagedIdentityCredentialBuilder()
                .build()
                .getTokenSync(new TokenRequestContext().addScopes(RESOURCE + "/.default"));
    }
}
