//! What stood between sessions and IMDS; nothing where nothing did.

use std::fmt::{self, Write};

use crate::report::length::never;
use crate::result::run::{RequestsResult, RunResult, ThroughResult};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let mut facts = facts(result).into_iter();
    facts.try_for_each(|what| writeln!(out, "through        {what}"))
}

/// Each group that went through something, and what that came to.
pub(in crate::report) fn facts(result: &RunResult) -> Vec<String> {
    let groups = result.sessions.by_group.iter();
    let facts = groups.filter_map(|(name, group)| Some(fact(name, group.through.as_ref()?)));
    facts.chain(result.broker.as_ref().map(broker)).collect()
}

fn fact(name: &str, through: &ThroughResult) -> String {
    let remedy = &through.remedy;
    let Some(waited) = &through.waited_ms else {
        return format!("{name}: {remedy}");
    };
    let [median, longest] = [waited.p50, waited.max].map(never);
    format!("{name}: {remedy}; waited at the gate {median} (p50), {longest} at most")
}

fn broker(requests: &RequestsResult) -> String {
    let (sent, refused) = (requests.sent, requests.refused);
    let plural = if sent == 1 { "" } else { "s" };
    format!("the broker sent {sent} request{plural} for tokens to IMDS, {refused} refused")
}
