import java.util.LinkedHashMap;
import java.util.Map;

/** Runs tests one after the other and ends with the counts, in the words of Node.js's test runner. */
final class Play {
    /** A behaviour; it throws when it is not there. */
    interface Test {
        void run() throws Exception;
    }

    private final Map<String, Test> tests = new LinkedHashMap<>();

    void test(String name, Test test) {
        tests.put(name, test);
    }

    /** Ends the process: with 1 when a test failed. */
    void run() {
        long failed = tests.entrySet().stream().filter(test -> !passes(test.getKey(), test.getValue())).count();
        System.out.println("# pass " + (tests.size() - failed));
        System.out.println("# fail " + failed);
        System.exit(failed == 0 ? 0 : 1);
    }

    private static boolean passes(String name, Test test) {
        try {
            test.run();
            System.out.println("ok - " + name);
            return true;
        } catch (Exception | AssertionError failure) {
            System.out.println("not ok - " + name);
            failure.printStackTrace(System.out);
            return false;
        }
    }

    /** Fails unless it is as expected. */
    static void assertEquals(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + ", got " + actual);
        }
    }

    /** Fails unless that holds; the words say what was seen. */
    static void assertTrue(boolean holds, String seen) {
        if (!holds) {
            throw new AssertionError(seen);
        }
    }
}
