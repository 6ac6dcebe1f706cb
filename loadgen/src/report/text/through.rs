//! What stood between sessions and IMDS; nothing where nothing did.

use std::fmt::{self, Write};

use crate::report::length::length;
use crate::result::run::{RunResult, ThroughResult};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let mut facts = facts(result).into_iter();
    facts.try_for_each(|what| writeln!(out, "through        {what}"))
}

/// Each group that went through something, and what that came to.
pub(in crate::report) fn facts(result: &RunResult) -> Vec<String> {
    let groups = result.sessions.by_group.iter();
    let fact = |name: &str, through: &ThroughResult| {
        let [median, longest] = [through.waited_ms.p50, through.waited_ms.max].map(length);
        format!(
            "{name}: {}; waited at the gate {median} (p50), {longest} at most",
            through.remedy
        )
    };
    let facts = groups.filter_map(|(name, group)| Some(fact(name, group.through.as_ref()?)));
    facts.collect()
}
