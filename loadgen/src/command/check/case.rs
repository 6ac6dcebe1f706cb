//! The cases: what happens to the command, and the rules it is graded by.

mod graded;

use std::time::Duration;

use imds_emulator::fault::{Effect, Fault, Later, Match, When};

use self::graded::{by_page, of_tokens, rule};
use super::rule::Source::{Http, ImdsPage, Project, TokenPage};
use super::rule::Weight::{Advised, Information, Required};
use super::rule::{Rule, ending, herd, manager, probe, requests, waits};

/// One thing that happens to a client of IMDS.
#[derive(Clone, Debug)]
pub(crate) struct CheckCase {
    /// What it is called: letters, digits and `-`.
    pub name: &'static str,
    /// What happens, in a sentence without its full stop.
    pub about: &'static str,
    /// Whether it is run only on request, since it takes more than a minute.
    pub long: bool,
    /// Whether many copies of the command run at once.
    pub herd: bool,
    /// The settings of its VM that differ from the others', as TOML of the emulator's configuration.
    pub vm: &'static str,
    /// What goes wrong, from the start of the command on.
    pub faults: Vec<Fault>,
    /// For how long the service is away: that much more time the command has.
    pub away: Duration,
    /// What it is graded by.
    pub rules: Vec<Rule>,
}

/// The case that shows what the command usually does.
pub(crate) const ALONE: &str = "alone";

/// How many requests in a row meet what lasts a moment. Documented: five retries; Microsoft's own libraries
/// make two to six.
const A_FEW: u64 = 3;
/// Documented: an update of IMDS is over within 70 s.
const UPDATE: Duration = Duration::from_secs(70);
/// The `Retry-After` of a refusal, where it has one.
const LATER: Duration = Duration::from_secs(2);
/// Where IMDS has what is about tokens.
const IDENTITY: &str = "/metadata/identity";
/// Five at once for a quarter of a second each are twenty a second: both documented limits bind alike.
const HERD_VM: &str =
    "latency = { token_cold = \"250ms\", token_warm = \"250ms\", other = \"250ms\" }";

/// All cases, in the order in which they are run.
#[must_use]
pub(crate) fn all() -> Vec<CheckCase> {
    vec![
        alone(),
        throttled(),
        probe_passes(),
        retry_after(),
        server_errors(),
        not_found(),
        gone(),
        update(),
        reset(),
        truncated(),
        unknown_identity(),
        unknown_resource(),
        outage(),
        many(),
    ]
}

fn alone() -> CheckCase {
    CheckCase {
        rules: vec![
            rule("succeeds", (Required, Project), ending::succeeds),
            rule("well-formed", (Required, ImdsPage), requests::well_formed),
            rule("requests", (Information, Project), requests::how_many),
            of_tokens(
                "keeps-tokens",
                (Information, TokenPage),
                requests::keeps_tokens,
            ),
            rule("cmdlets", (Information, Project), manager::cmdlets),
        ],
        ..case(ALONE, "nothing goes wrong")
    }
}

fn throttled() -> CheckCase {
    CheckCase {
        faults: vec![next(A_FEW, Effect::Status(429))],
        rules: vec![
            by_page(
                "comes-through",
                (Required, TokenPage),
                (Advised, Project),
                ending::comes_through,
            ),
            by_page(
                "backs-off",
                (Advised, TokenPage),
                (Advised, Project),
                waits::back_off,
            ),
            rule("own-identity", (Required, Project), manager::own_identity),
            rule("probe", (Information, Project), probe::answered),
        ],
        ..case(
            "throttled",
            "three requests are refused with 429, without Retry-After, as IMDS was seen to do",
        )
    }
}

/// The other order of what is not documented: in `throttled` the limits come before the header is looked at.
fn probe_passes() -> CheckCase {
    let mut refused = next(1, Effect::Status(429));
    refused.matching.after_header = true;
    CheckCase {
        faults: vec![refused],
        rules: vec![
            rule("probe", (Information, Project), probe::answered),
            by_page(
                "comes-through",
                (Required, TokenPage),
                (Advised, Project),
                probe::comes_through,
            ),
        ],
        ..case(
            "probe-passes",
            "a request is refused with 429 once its Metadata header was looked at: a probe without it gets its 400",
        )
    }
}

fn retry_after() -> CheckCase {
    let later = Effect::Later(Later {
        status: 429,
        retry_after: LATER,
    });
    CheckCase {
        faults: vec![next(2, later)],
        rules: vec![
            rule("comes-through", (Advised, Project), ending::comes_through),
            rule("obeys", (Advised, Http), waits::obey),
        ],
        ..case(
            "retry-after",
            "two requests are refused with 429 and Retry-After: 2, which IMDS was never seen to send",
        )
    }
}

fn server_errors() -> CheckCase {
    CheckCase {
        faults: vec![next(1, Effect::Status(500)), next(1, Effect::Status(503))],
        rules: vec![
            by_page(
                "comes-through",
                (Required, TokenPage),
                (Advised, ImdsPage),
                ending::comes_through,
            ),
            of_tokens("waits-a-second", (Advised, TokenPage), waits::a_second),
            rule("own-identity", (Required, Project), manager::own_identity),
        ],
        ..case(
            "server-errors",
            "one request is answered with 500, the next with 503",
        )
    }
}

fn not_found() -> CheckCase {
    CheckCase {
        faults: vec![of_identity(next(2, Effect::Status(404)))],
        rules: vec![of_tokens(
            "comes-through",
            (Required, TokenPage),
            ending::comes_through,
        )],
        ..case(
            "not-found",
            "two requests for tokens are answered with 404, a sign of an update",
        )
    }
}

fn gone() -> CheckCase {
    CheckCase {
        faults: vec![next(2, Effect::Status(410))],
        rules: vec![by_page(
            "comes-through",
            (Required, TokenPage),
            (Required, ImdsPage),
            ending::comes_through,
        )],
        ..case(
            "gone",
            "two requests are answered with 410, which is an update",
        )
    }
}

fn update() -> CheckCase {
    let when = When {
        lasts: Some(UPDATE),
        ..When::default()
    };
    CheckCase {
        long: true,
        away: UPDATE,
        faults: vec![fault(when, Effect::Status(410))],
        rules: vec![
            by_page(
                "comes-through",
                (Required, TokenPage),
                (Required, ImdsPage),
                ending::comes_through,
            ),
            by_page(
                "backs-off",
                (Advised, TokenPage),
                (Advised, ImdsPage),
                waits::back_off,
            ),
        ],
        ..case("update", "410 for 70 s, the longest documented update")
    }
}

fn reset() -> CheckCase {
    CheckCase {
        faults: vec![next(1, Effect::Reset)],
        rules: vec![rule(
            "comes-through",
            (Advised, Project),
            ending::comes_through,
        )],
        ..case("reset", "one connection is reset")
    }
}

fn truncated() -> CheckCase {
    CheckCase {
        faults: vec![next(1, Effect::Truncated)],
        rules: vec![rule(
            "comes-through",
            (Advised, Project),
            ending::comes_through,
        )],
        ..case("truncated", "one answer breaks off in its body")
    }
}

fn unknown_identity() -> CheckCase {
    CheckCase {
        vm: "system_assigned = false\nidentities = []",
        rules: refused_for_good(),
        ..case(
            "unknown-identity",
            "the VM has no identity: 400, Identity not found",
        )
    }
}

fn unknown_resource() -> CheckCase {
    CheckCase {
        vm: "tokens.unknown_resources = [\"*\"]",
        rules: refused_for_good(),
        ..case(
            "unknown-resource",
            "Entra does not know the resource: 400, invalid_resource",
        )
    }
}

fn outage() -> CheckCase {
    CheckCase {
        faults: vec![fault(When::default(), Effect::Status(503))],
        rules: vec![
            rule("gives-up", (Advised, Project), ending::gives_up),
            rule("says-so", (Required, Project), ending::says_that_it_failed),
            rule("no-access", (Required, Project), manager::no_access),
            by_page(
                "backs-off",
                (Advised, TokenPage),
                (Advised, Project),
                waits::back_off,
            ),
        ],
        ..case("outage", "503 for as long as it asks")
    }
}

fn many() -> CheckCase {
    CheckCase {
        herd: true,
        vm: HERD_VM,
        rules: vec![
            rule("all-served", (Advised, Project), herd::all_served),
            rule("spreads-out", (Advised, Project), herd::spread),
            rule("refusals", (Information, ImdsPage), herd::refusals),
            rule("makespan", (Information, ImdsPage), herd::makespan),
            rule("dropped", (Information, Project), herd::dropped),
            rule("cmdlets", (Information, Project), manager::cmdlets),
        ],
        ..case(
            "herd",
            "many copies at once, under the limits; an answer takes 250 ms",
        )
    }
}

/// After a 400, a repetition of the same request fails, too.
fn refused_for_good() -> Vec<Rule> {
    vec![
        of_tokens(
            "asks-once",
            (Required, TokenPage),
            requests::is_not_repeated,
        ),
        rule("says-so", (Required, Project), ending::says_that_it_failed),
        rule("no-access", (Required, Project), manager::no_access),
    ]
}

fn case(name: &'static str, about: &'static str) -> CheckCase {
    CheckCase {
        name,
        about,
        long: false,
        herd: false,
        vm: "",
        faults: Vec::new(),
        away: Duration::ZERO,
        rules: Vec::new(),
    }
}

fn next(requests: u64, effect: Effect) -> Fault {
    let when = When {
        next: Some(requests),
        ..When::default()
    };
    fault(when, effect)
}

/// Of metadata a 404 says that the element does not exist: none of it is answered so.
fn of_identity(mut fault: Fault) -> Fault {
    fault.matching.path = Some(IDENTITY.to_owned());
    fault
}

fn fault(when: When, effect: Effect) -> Fault {
    Fault {
        name: effect.to_string(),
        matching: Match::default(),
        when,
        effect,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_case_is_graded() {
        let cases = all();
        let names: BTreeSet<_> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        for case in cases {
            let rules: BTreeSet<_> = case.rules.iter().map(|rule| rule.name).collect();
            assert_eq!(rules.len(), case.rules.len(), "{}", case.name);
            assert!(!rules.is_empty(), "{}", case.name);
        }
    }
}
