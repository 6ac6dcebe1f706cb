//! Why a session failed, in a sentence for each step that did.

use std::fmt::{self, Write};

use crate::record::traces::{SessionOutcome, SessionTrace, StepTrace};
use crate::result::because::because;

/// The most further failures that are printed; a session that continues after errors may have a hundred.
const MOST_FURTHER: usize = 4;

/// Nothing of one that succeeded. A session fails with the first step that does. Beside its client stands how many
/// requests for tokens are admitted at once.
pub(super) fn tell(
    out: &mut String,
    (client, at_once): (&str, Option<u32>),
    trace: &SessionTrace,
) -> fmt::Result {
    if trace.outcome == SessionOutcome::Succeeded {
        return Ok(());
    }
    let steps = (1..).zip(&trace.steps);
    let mut failed = steps.filter_map(|(number, step)| failure(number, (client, at_once), step));
    let first = failed.next().unwrap_or_else(|| untold(trace));
    writeln!(out, "\nThe session {first}.")?;
    let mut further = failed.take(MOST_FURTHER);
    further.try_for_each(|failure| writeln!(out, "It went on, and {failure}."))
}

fn failure(
    number: usize,
    (client, at_once): (&str, Option<u32>),
    step: &StepTrace,
) -> Option<String> {
    let (kind, cause) = (step.failure.as_ref()?, step.cause.as_ref()?);
    let why = because(kind, client, cause, at_once);
    let tries = match step.tries {
        0 | 1 => String::new(),
        tries => format!(" at each of {tries} tries, at last"),
    };
    Some(format!(
        "failed in step {number}, {},{tries} because {why}",
        step.step
    ))
}

/// Why there is no step that has failed.
fn untold(trace: &SessionTrace) -> String {
    match (&trace.failure, trace.started_ms) {
        (Some(kind), _) => format!("failed ({kind}) in a step whose story was not kept"),
        (None, Some(_)) => "did not come to its end because the run ended first".to_owned(),
        (None, None) => "did not start because the run ended first".to_owned(),
    }
}
