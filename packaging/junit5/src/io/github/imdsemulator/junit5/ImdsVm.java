package io.github.imdsemulator.junit5;

/**
 * The VM of a test. Answers of the emulator are JSON, as its {@code docs/administration.md} describes them, and are given as
 * text: any library reads them.
 */
public final class ImdsVm {
    private final String endpoint;
    private final String admin;

    ImdsVm(String endpoint, String admin) {
        this.endpoint = endpoint;
        this.admin = admin;
    }

    /** {@code http://HOST:PORT} of IMDS. */
    public String endpoint() {
        return endpoint;
    }

    /** This VM's part of the administration port. */
    public String admin() {
        return admin;
    }

    /** Injects a fault: one {@code [[faults]]} table of the configuration, as JSON. */
    public void fault(String fault) {
        Http.send("POST", admin + "/faults", fault);
    }

    /** Removes all faults. */
    public void clearFaults() {
        Http.send("DELETE", admin + "/faults", "");
    }

    /** Sets limits, as JSON; what is left out is as the profile has it. */
    public void limits(String limits) {
        Http.send("PUT", admin + "/limits", limits);
    }

    /** How the clients behaved: {@code clean}, {@code broken}, {@code findings}. */
    public String verify() {
        return Http.send("GET", admin + "/verify", "");
    }

    /** Whether no client broke a rule. */
    public boolean isClean() {
        return Json.text(verify(), "clean").equals("true");
    }

    /** The requests. */
    public String journal() {
        return Http.send("GET", admin + "/journal", "");
    }

    /** How many requests there were. */
    public long requests() {
        return Long.parseLong(Json.text(verify(), "requests"));
    }

    /** Counts of requests by verdict. */
    public String tally() {
        return Http.send("GET", admin + "/tally", "");
    }

    /** As if this VM had never been asked; the SDK's tokens are forgotten, too. */
    public void reset() {
        Http.send("POST", admin + "/reset", "");
        Leading.forgetTokens();
    }

    void end() {
        Http.send("DELETE", admin, "");
    }
}
