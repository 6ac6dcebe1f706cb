package io.github.imdsemulator.junit5;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Leads MSAL4J, which asks for azure-identity, to an address, in a process whose environment cannot be changed. It reads
 * its variables through a place of its own, which its authors' tests replace, too; and it keeps its tokens in a static.
 */
final class Leading {
    private static final String APPLICATION = "com.microsoft.aad.msal4j.ManagedIdentityApplication";
    private static final String ENVIRONMENT = "com.microsoft.aad.msal4j.IEnvironmentVariables";
    private static final List<String> READ_BY_AZURE_IDENTITY = List.of(
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_USERNAME",
            "AZURE_PASSWORD");

    private static ClassLoader loader;
    private static Object before;

    private Leading() {}

    /** From now on clients find these variables; those that are empty are not there for them. */
    static synchronized void begin(Map<String, Optional<String>> variables, ClassLoader classes) {
        refuseWhatCannotBeHidden();
        loader = classes;
        try {
            Class<?> application = Class.forName(APPLICATION, true, classes);
            Class<?> environment = Class.forName(ENVIRONMENT, true, classes);
            before = replaced(application, environment, ours(environment, variables));
            forgetTokens();
        } catch (ClassNotFoundException absent) {
            throw new IllegalStateException(
                    "no MSAL4J (com.microsoft.azure:msal4j) among the classes of the test: no client is led to the emulator",
                    absent);
        }
    }

    /** Brings back what was there. */
    static synchronized void end() {
        if (before == null) {
            return;
        }
        try {
            Class<?> application = Class.forName(APPLICATION, true, loader);
            replaced(application, Class.forName(ENVIRONMENT, true, loader), before);
            before = null;
            forgetTokens();
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static synchronized void forgetTokens() {
        try {
            Class<?> application = Class.forName(APPLICATION, true, loader);
            Object cache = application.getMethod("getSharedTokenCache").invoke(null);
            Field tokens = cache.getClass().getDeclaredField("accessTokens");
            tokens.setAccessible(true);
            ((Map<?, ?>) tokens.get(cache)).clear();
        } catch (ReflectiveOperationException changed) {
            throw unknown(changed);
        }
    }

    private static Object replaced(Class<?> application, Class<?> environment, Object by) {
        try {
            Method get = application.getDeclaredMethod("getEnvironmentVariables");
            Method set = application.getDeclaredMethod("setEnvironmentVariables", environment);
            get.setAccessible(true);
            set.setAccessible(true);
            Object was = get.invoke(null);
            set.invoke(null, by);
            return was == null ? theProcess(environment) : was;
        } catch (ReflectiveOperationException changed) {
            throw unknown(changed);
        }
    }

    private static Object ours(Class<?> environment, Map<String, Optional<String>> variables) {
        return Proxy.newProxyInstance(environment.getClassLoader(), new Class<?>[] {environment}, (proxy, method, asked) -> {
            String name = (String) asked[0];
            return variables.getOrDefault(name, Optional.ofNullable(System.getenv(name))).orElse(null);
        });
    }

    private static Object theProcess(Class<?> environment) {
        return ours(environment, Map.of());
    }

    /** azure-identity reads these from the process itself, and would take another source of tokens. */
    private static void refuseWhatCannotBeHidden() {
        List<String> set = READ_BY_AZURE_IDENTITY.stream()
                .filter(name -> System.getenv(name) != null)
                .collect(Collectors.toList());
        if (!set.isEmpty()) {
            throw new IllegalStateException(
                    String.join(", ", set) + ": azure-identity would ask elsewhere. Start the tests without, or under"
                            + " `imds-emulator exec`, which removes what leads elsewhere.");
        }
    }

    private static IllegalStateException unknown(ReflectiveOperationException changed) {
        return new IllegalStateException(
                "this release of MSAL4J keeps its variables or tokens elsewhere. Start the tests under"
                        + " `imds-emulator exec`, with an identity for each test.",
                changed);
    }
}
