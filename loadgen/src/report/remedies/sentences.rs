//! What to do, in sentences: the first says it.

use crate::report::length::length;
use crate::report::plan::percent;
use crate::result::remedies::rank::done;
use crate::result::remedies::{Kind, Outcome, Remedies, Row};

/// What to do, and what comes of it; then what becomes of the sessions as they are, and which remedy is fastest.
pub(crate) fn advice(remedies: &Remedies) -> Vec<String> {
    let mut out = vec![first(remedies)];
    out.extend(unless(remedies));
    out.extend(as_they_are(remedies));
    out.extend(fastest(remedies));
    out
}

fn first(remedies: &Remedies) -> String {
    if let Some((row, outcome)) = remedies.best().and_then(with_outcome) {
        return format!("{}: {}.", what_to_do(row), came_to(remedies, outcome));
    }
    let wanted = percent(remedies.share);
    let Some((row, outcome)) = remedies.rows.first().and_then(with_outcome) else {
        return "No remedy can be applied to these sessions.".to_owned();
    };
    format!(
        "No remedy lets all sessions succeed in {wanted} of the runs; most succeed with {} ({}): {}.",
        row.remedy.name(),
        row.setting,
        came_to(remedies, outcome)
    )
}

fn what_to_do(row: &Row) -> String {
    let setting = &row.setting;
    match row.remedy {
        Kind::Nothing => "Change nothing".to_owned(),
        Kind::FewerAtOnce | Kind::Gate | Kind::SpacedStarts => {
            format!("Start each job by `{setting}`")
        }
        Kind::EvenSpacing => format!("Start the jobs one after the other, {setting}"),
        Kind::RandomSpread => format!("Spread the starts of the jobs at random {setting}"),
        Kind::Retry => format!("Try each call for a token again: {setting}"),
        Kind::OtherClient => format!("Take another client: {setting}"),
        Kind::SharedCache => format!("Take the token of `{setting}` in each job"),
        Kind::Broker => format!("Run `{setting}`, and let the jobs ask it in the place of IMDS"),
    }
}

fn came_to(remedies: &Remedies, outcome: &Outcome) -> String {
    let (succeeded, all) = (outcome.succeeded, outcome.sessions);
    let share = percent(outcome.share);
    let runs = runs(remedies.runs);
    let token = tokens(outcome);
    let done = ended(outcome);
    let requests = match outcome.requests {
        None => String::new(),
        Some(1) => ", with 1 request to IMDS".to_owned(),
        Some(many) => format!(", with {many} requests to IMDS"),
    };
    format!(
        "{succeeded} of {all} sessions succeed (all of them in {share} of {runs}){token}{done}{requests}"
    )
}

/// When the last token comes; nothing where no session asks for one.
fn tokens(outcome: &Outcome) -> String {
    match (outcome.requests, outcome.last_token_ms) {
        (None, _) => String::new(),
        (Some(_), None) => ", no token comes".to_owned(),
        (Some(_), last) => format!(", the last token comes after {}", length(last)),
    }
}

/// When the last session is done that succeeds, if it works on after its token.
fn ended(outcome: &Outcome) -> String {
    let shown = length(outcome.last_done_ms);
    let later = outcome.last_done_ms.is_some() && shown != length(outcome.last_token_ms);
    let told = || format!(", the last of those sessions is done after {shown}");
    later.then(told).unwrap_or_default()
}

/// What the recommendation depends on.
fn unless(remedies: &Remedies) -> Option<String> {
    let best = remedies.best()?;
    if best.depends_on.is_empty() {
        let varied = remedies
            .assumptions
            .iter()
            .any(|one| !one.varied.is_empty());
        return varied.then(|| {
            "That holds with each other value that was played of what is not documented, one at a time.".to_owned()
        });
    }
    let all = by_assumption(best).into_iter();
    let all = all.map(|(name, values)| format!("{name} is {}", values.join(" or ")));
    let all: Vec<String> = all.collect();
    Some(format!("That does not hold if {}.", all.join(", or if ")))
}

fn as_they_are(remedies: &Remedies) -> Option<String> {
    let (row, outcome) = remedies.row(Kind::Nothing).and_then(with_outcome)?;
    let told = remedies
        .rows
        .first()
        .is_some_and(|first| first.remedy == row.remedy);
    (!told).then(|| format!("As they are, {}.", came_to(remedies, outcome)))
}

/// Of those that hold the one that is done first, its work included, where that is another.
fn fastest(remedies: &Remedies) -> Option<String> {
    let holding = remedies.rows.iter().filter(|row| row.holds());
    let outcomes = holding.filter_map(with_outcome);
    let (row, outcome) = outcomes.min_by(|a, b| done(a.1).total_cmp(&done(b.1)))?;
    let recommended = remedies.best().and_then(with_outcome)?.1;
    let sooner = done(outcome) < done(recommended);
    sooner.then(|| {
        format!(
            "Fastest is {}: {}.",
            row.remedy.name(),
            came_to(remedies, outcome)
        )
    })
}

fn with_outcome(row: &Row) -> Option<(&Row, &Outcome)> {
    Some((row, row.outcome.as_ref()?))
}

/// So many runs.
pub(super) fn runs(runs: u32) -> String {
    match runs {
        1 => "1 run".to_owned(),
        many => format!("{many} runs"),
    }
}

/// How many sessions succeed, and in how many runs all of them do.
pub(super) fn sessions(outcome: &Outcome) -> String {
    let (median, least) = (outcome.succeeded, outcome.succeeded_least);
    let shown = if median == least {
        median.to_string()
    } else {
        format!("{median} ({least} at least)")
    };
    if outcome.holds && median == outcome.sessions {
        format!("all: {shown}")
    } else {
        format!("{shown} of {}", outcome.sessions)
    }
}

/// On what a row depends, or why there is nothing in it.
pub(super) fn dependence(row: &Row) -> String {
    if row.outcome.is_none() {
        return "it can be applied to no group".to_owned();
    }
    let all = by_assumption(row).into_iter();
    let all = all.map(|(name, values)| format!("{name} {}", values.join("/")));
    let all: Vec<String> = all.collect();
    match (all.is_empty(), row.holds()) {
        (true, _) => String::new(),
        (false, true) => format!("not if {}", all.join(", ")),
        (false, false) => format!("but if {}", all.join(", ")),
    }
}

/// The values that turn a row, each beside those of the same assumption.
fn by_assumption(row: &Row) -> Vec<(&str, Vec<&str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = vec![];
    for one in &row.depends_on {
        match all.last_mut().filter(|(name, _)| *name == one.assumption) {
            Some((_, values)) => values.push(&one.value),
            None => all.push((&one.assumption, vec![&one.value])),
        }
    }
    all
}
