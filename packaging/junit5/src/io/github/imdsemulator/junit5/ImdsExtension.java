package io.github.imdsemulator.junit5;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** What {@link Imds} registers. The emulator starts with the first class, and ends with the process. */
public final class ImdsExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ImdsExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        Server.started();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Leading.end();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        ImdsVm vm = Server.started().vm(settings(context));
        Map<String, Optional<String>> variables = Server.started().variables(vm.endpoint());
        context.getStore(NAMESPACE).put(ImdsVm.class, vm);
        Leading.begin(variables, context.getRequiredTestClass().getClassLoader());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Leading.end();
        ImdsVm vm = context.getStore(NAMESPACE).remove(ImdsVm.class, ImdsVm.class);
        if (vm != null) {
            vm.end();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ImdsVm.class && context.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE).get(ImdsVm.class);
    }

    private static String settings(ExtensionContext context) {
        Imds imds = annotation(context);
        StringBuilder faults = new StringBuilder();
        for (String fault : imds.faults()) {
            faults.append(faults.length() == 0 ? "" : ",").append("{\"preset\":\"").append(fault).append("\"}");
        }
        String own = imds.settings().strip();
        if (!own.startsWith("{") || !own.endsWith("}")) {
            throw new IllegalArgumentException("@Imds settings: expected a JSON object, not " + own);
        }
        String further = own.substring(1, own.length() - 1).strip();
        return "{\"profile\":\"" + imds.profile() + "\""
                + (faults.length() == 0 ? "" : ",\"faults\":[" + faults + "]")
                + (further.isEmpty() ? "" : "," + further)
                + "}";
    }

    /** The method's, or that of its class, or of a class around it. */
    private static Imds annotation(ExtensionContext context) {
        Imds found = context.getRequiredTestMethod().getAnnotation(Imds.class);
        for (Class<?> at = context.getRequiredTestClass(); found == null && at != null; at = at.getEnclosingClass()) {
            found = at.getAnnotation(Imds.class);
        }
        if (found == null) {
            throw new IllegalStateException("use @Imds instead of @ExtendWith(ImdsExtension.class)");
        }
        return found;
    }
}
