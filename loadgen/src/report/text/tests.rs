//! Reports of merged results.

use super::*;
use crate::engine::simulate::simulate;
use crate::result::merging::merge;
use crate::result::scenario::from_toml;

/// Two sources that asked there.
fn merged(targets: [Option<&str>; 2]) -> RunResult {
    let text = "schema = 1\nname = \"jobs\"\n[[sessions]]\nname = \"jobs\"\ncount = 2\narrival = { herd = {} }\n\
                client = \"azure-cli\"\nscript = [{ connect = {} }]\n";
    let scenario = from_toml("jobs.toml", text).expect("a scenario");
    let of = |(name, target): (&str, Option<&str>)| {
        let mut raw = simulate(&scenario).expect("a run");
        raw.target = target.map(str::to_owned);
        (name.to_owned(), RunResult::mergeable(&scenario, &mut raw))
    };
    let results = ["a", "b"].into_iter().zip(targets).map(of);
    merge(results.collect()).expect("one scenario")
}

#[test]
fn limits_are_assumed_where_any_source_had_a_target() {
    for (targets, heading, assumed) in [
        ([None, None], "simulated", false),
        ([Some("http://x"); 2], "simulated against http://x", true),
        (
            [None, Some("http://y")],
            "simulated against different targets",
            true,
        ),
    ] {
        let merged = merged(targets);
        let told = text(&merged, "imds-loadgen");
        assert!(told.contains(&format!(" · {heading} · ")), "{told}");
        assert_eq!(told.contains("limits assumed: "), assumed, "{told}");
        let own = targets[0] != targets[1];
        assert_eq!(told.contains("b: against http://y"), own, "{told}");
    }
}
