//! The demo as text: the parts side by side, a sentence for each, and where its report is.

use std::fmt::{self, Write};
use std::path::Path;

use reqwest::Url;

use super::part::{Part, REMEDIES};
use super::{Demo, PartResult, summary};
use crate::report::length::{length, never};
use crate::report::limits::limits;
use crate::report::remedies::advice;
use crate::report::table::{align_right, table};
use crate::result::run::RunResult;
use crate::result::verdict::Verdict;

/// What the demo is.
pub(super) const TITLE: &str = "The same jobs, five times";

/// What the demo's client does not show: Azure PowerShell's jobs, which retry. Measured on the real cmdlets
/// (2026-11-30, PowerShell 7.6.9, two cores, documented limits).
pub(super) const POWERSHELL: &str = "Thirty real jobs of Azure PowerShell at once, measured: of Az.Accounts 2.12.1 \
    none fails in the default scope, where they queue for the profile for 49 s; with -Scope Process 2 to 5 fail; \
    of 5.5.0 none fails, in 6 s.";

/// The command that does the same for jobs of one's own.
pub(super) const OWN_JOBS: &str = "imds-loadgen remedies mine.toml";

/// The scenarios of that, each with the expectations that hold it.
pub(super) const POWERSHELL_SCENARIOS: [&str; 3] = [
    "article-queue",
    "article-scope-brings-429",
    "article-newest-release",
];

/// The text; `index` is the page that links the parts' reports.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn text(demo: &Demo, index: &Path) -> String {
    let mut out = String::new();
    write(&mut out, demo, index).expect("writing to a string does not fail");
    out
}

fn write(out: &mut String, demo: &Demo, index: &Path) -> fmt::Result {
    if let Some(first) = demo.parts.first() {
        let result = &first.result;
        writeln!(out, "{TITLE} · {}", result.mode.name())?;
        writeln!(out, "limits: {}\n", limits(&result.limits))?;
    }
    writeln!(out, "{}\n", side_by_side(demo))?;
    for finished in &demo.parts {
        writeln!(out, "{}: {}", finished.part.title, finished.summary)?;
        let report = index.with_file_name(finished.part.name).join("report.html");
        writeln!(out, "    {}", link(&report))?;
        unmet(out, &finished.result)?;
    }
    if let Some(remedies) = &demo.remedies {
        writeln!(out, "\nEvery remedy for these jobs, in virtual time:")?;
        for sentence in advice(remedies) {
            writeln!(out, "    {sentence}")?;
        }
        writeln!(out, "    {}", link(&index.with_file_name(REMEDIES)))?;
        writeln!(out, "    for your own jobs: {OWN_JOBS}")?;
    }
    writeln!(out, "\n{POWERSHELL}")?;
    for name in POWERSHELL_SCENARIOS {
        writeln!(out, "    imds-loadgen simulate {name}")?;
    }
    let verdict = match demo.verdict() {
        Verdict::Passed => "all expectations met",
        Verdict::Failed => "NOT ALL EXPECTATIONS MET",
    };
    writeln!(out, "\nverdict        {verdict}")?;
    writeln!(out, "side by side   {}", link(index))
}

/// A figure of each part: its name, and how it is read from a part and its result.
type Row = (&'static str, fn(&Part, &RunResult) -> String);

/// The rows of both tables, this one's and the page's.
pub(super) const ROWS: [Row; 9] = [
    ("what is changed", |part, _| part.changed.to_owned()),
    ("jobs", |_, result| result.sessions.total.to_string()),
    ("succeeded", |_, result| {
        result.sessions.succeeded.to_string()
    }),
    ("failed", |_, result| result.sessions.failed.to_string()),
    ("requests to IMDS", |_, result| {
        summary::requests(result).to_string()
    }),
    ("refused", |_, result| {
        result.attempts.refused.total().to_string()
    }),
    ("wait at the gate, median", |_, result| {
        let waited = summary::through(result).and_then(|through| through.waited_ms);
        length(waited.and_then(|waited| waited.p50))
    }),
    ("time to token, median", |_, result| {
        never(result.time_to_token_ms.p50)
    }),
    ("last token after", |_, result| length(result.makespan_ms)),
];

fn side_by_side(demo: &Demo) -> String {
    let titles = demo.parts.iter().map(|finished| finished.part.title);
    let header: Vec<&str> = std::iter::once("").chain(titles).collect();
    let mut table = table(&header);
    for (name, figure) in ROWS {
        let figures = demo
            .parts
            .iter()
            .map(|finished: &PartResult| figure(&finished.part, &finished.result));
        table.add_row(std::iter::once(name.to_owned()).chain(figures));
    }
    align_right(&mut table, 1);
    table.to_string()
}

fn unmet(out: &mut String, result: &RunResult) -> fmt::Result {
    for judgement in result
        .expectations
        .iter()
        .filter(|judgement| !judgement.met)
    {
        let (path, expected) = (&judgement.path, &judgement.expected);
        writeln!(out, "    NOT MET  {path} {expected}: {}", judgement.found())?;
    }
    if result.generator_late {
        writeln!(
            out,
            "    the load generator fell behind, so the jobs did not start as planned"
        )?;
    }
    if let Some(dropped) = result.known_dropped() {
        writeln!(
            out,
            "    the queue of connections was full, {dropped} times, so the jobs did not arrive as planned"
        )?;
    }
    Ok(())
}

/// As browsers and terminals take it.
fn link(path: &Path) -> String {
    let url = Url::from_file_path(path);
    url.map_or_else(|()| path.display().to_string(), |url| url.to_string())
}
