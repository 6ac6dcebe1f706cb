//! Rules about how a command ends.

use super::manager::missed;
use super::{Judgement, count};
use crate::command::check::rule::requests::summary;
use crate::command::check::seen::{CommandRun, End, Seen};

/// It says that it has done its work.
#[must_use]
pub(crate) fn succeeds(seen: &Seen) -> Judgement {
    let run = seen.only();
    let evidence = ended(run);
    Judgement::of(run.end.is_success(), evidence)
}

/// It gets what it asked for in spite of what went wrong.
#[must_use]
pub(crate) fn comes_through(seen: &Seen) -> Judgement {
    if seen.requests.is_empty() {
        return Judgement::not_applicable("it asked for nothing");
    }
    if seen.struck == 0 {
        return Judgement::not_applicable(format!("nothing went wrong: {}", summary(seen)));
    }
    let run = seen.only();
    let told = format!("{}: {}", ended(run), summary(seen));
    if run.end.is_success() && seen.served().next().is_none() {
        return Judgement::of(false, format!("{told}; yet nothing was served"));
    }
    if run.end.is_success()
        && let Some(missed) = missed(seen)
    {
        return Judgement::of(false, format!("{told}; yet {missed}"));
    }
    Judgement::of(run.end.is_success(), told)
}

/// It does not claim to have done its work when it cannot have.
#[must_use]
pub(crate) fn says_that_it_failed(seen: &Seen) -> Judgement {
    let run = seen.only();
    if let Some(why) = unharmed(seen) {
        return Judgement::not_applicable(why);
    }
    if run.end == End::TimedOut {
        return Judgement::not_applicable(run.end.to_string());
    }
    Judgement::of(!run.end.is_success(), run.end.to_string())
}

/// It ends by itself when the service does not recover.
#[must_use]
pub(crate) fn gives_up(seen: &Seen) -> Judgement {
    let run = seen.only();
    if let Some(why) = unharmed(seen) {
        return Judgement::not_applicable(why);
    }
    let sent = count(seen.requests.len(), "request");
    Judgement::of(
        run.end != End::TimedOut,
        format!("{} and {sent}", ended(run)),
    )
}

fn ended(run: CommandRun) -> String {
    format!("{} after {:.2} s", run.end, run.took.as_secs_f64())
}

/// Why nothing can be said of a failure: there was none.
fn unharmed(seen: &Seen) -> Option<&'static str> {
    if seen.requests.is_empty() {
        return Some("it asked for nothing");
    }
    let harmed = seen.struck > 0 || seen.rejected().next().is_some();
    (!harmed).then_some("it asked for no token")
}
