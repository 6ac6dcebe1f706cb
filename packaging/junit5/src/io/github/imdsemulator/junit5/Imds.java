package io.github.imdsemulator.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/**
 * Gives each test a VM of its own, to which the Azure SDK's managed identity of this process is led; a parameter of type
 * {@link ImdsVm} is that VM. On a method it takes the place of the class's.
 *
 * <p>Address and tokens belong to the process, so tests with this annotation do not run at the same time.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(ImdsExtension.class)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
public @interface Imds {
    /** Limits as the emulator names them: azure, azure-2017, azure-identity-5, azure-charging or unlimited. */
    String profile() default "azure";

    /** Presets of faults that hold from the start: update, restart and others. */
    String[] faults() default {};

    /** Further settings of the VM, as JSON: what {@code imds-emulator config default} lists. */
    String settings() default "{}";
}
