//! What happened in many runs, and what to change, with the runs of which it holds.

use super::{Spread, Summary};
use crate::result::in_words::{InWords, longest_wait};
use crate::result::summary::failing::FailingRuns;

/// The sentences of many runs.
#[must_use]
pub(crate) fn in_words(summary: &Summary) -> InWords {
    let runs = summary.runs;
    let Some(failing) = &summary.failing else {
        return InWords {
            happened: format!(
                "all sessions succeeded in each of {runs} runs{}",
                through(summary)
            ),
            change: None,
        };
    };
    let in_runs =
        |change: &String| format!("in {} of {runs} runs: {change}", failing.most_frequent_in);
    InWords {
        happened: format!("{}{}", failures(summary, failing), through(summary)),
        change: failing.to_change.as_ref().map(in_runs),
    }
}

fn failures(summary: &Summary, failing: &FailingRuns) -> String {
    let FailingRuns {
        runs,
        kind,
        group,
        client,
        most_frequent_in,
        ..
    } = failing;
    let ratio = summary.metrics.get("sessions.success_ratio");
    let share =
        |figure: Option<f64>| figure.map_or(String::new(), |part| format!("{:.1} %", part * 100.0));
    let succeeded = ratio.map_or(String::new(), |Spread { p50, min, .. }| {
        let (median, least) = (share(*p50), share(*min));
        format!("; of the sessions {median} succeeded in the median run, {least} in the worst")
    });
    format!(
        "sessions failed in {runs} of {} runs, and in {most_frequent_in} the most frequent failure was {kind} of group \
         {group}, client {client}{succeeded}",
        summary.runs
    )
}

/// What a remedy came to that sessions went through; nothing where there was none.
fn through(summary: &Summary) -> String {
    let gates =
        (summary.metrics.iter()).filter(|(path, _)| path.ends_with(".through.waited_ms.max"));
    let gate = longest_wait(gates.map(|(_, spread)| spread.max));
    let broker = summary.metrics.get("broker.sent");
    let broker = broker
        .and_then(|spread| spread.max)
        .map_or(String::new(), |sent| {
            format!("; the most requests for tokens that the broker sent in a run were {sent}")
        });
    format!("{gate}{broker}")
}
