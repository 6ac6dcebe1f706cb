//! Rules about many copies of a command at once.

use std::collections::BTreeSet;
use std::time::Duration;

use imds_emulator::journal::Entry;
use imds_emulator::limit::Category;
use imds_emulator::verify::{self, verify};

use super::{Judgement, count};
use crate::command::check::seen::{End, Seen};
use crate::record::raw::ServiceTimes;
use crate::result::bounds::{Bounds, Work};

/// Every copy gets what it asked for.
#[must_use]
pub(crate) fn all_served(seen: &Seen) -> Judgement {
    let total = seen.runs.len();
    let well = seen.runs.iter().filter(|run| run.end.is_success()).count();
    let late = seen.runs.iter().filter(|run| run.end == End::TimedOut);
    let late = match late.count() {
        0 => String::new(),
        late => format!(", {late} still running when their time was over"),
    };
    let evidence = format!("{well} of {total} ended with exit code 0{late}");
    Judgement::of(well == total, evidence)
}

/// What the limits made of it.
#[must_use]
pub(crate) fn refusals(seen: &Seen) -> Judgement {
    let (sent, refused) = (seen.requests.len(), seen.refused().count());
    let served = seen.served().count();
    Judgement::noted(format!(
        "{sent} requests within {:.2} s, {served} served, {refused} refused; all copies had asked after {:.2} s",
        until_last_end(seen).as_secs_f64(),
        until_all_had_asked(seen).as_secs_f64(),
    ))
}

/// How long it took beside the least time that the limits allow for as many answers.
#[must_use]
pub(crate) fn makespan(seen: &Seen) -> Judgement {
    let served: Vec<&Entry> = seen.served().collect();
    let ends = served.iter().filter_map(|request| request.outcome.ended_at);
    let (Some(first), Some(last)) = (seen.requests.first(), ends.max()) else {
        return Judgement::not_applicable("nothing was served");
    };
    let took = last.saturating_sub(first.at);
    let bound = bound(seen, &served).as_secs_f64();
    Judgement::noted(format!(
        "last of {} answers {:.2} s after the first request; the limits allow no less than {bound:.2} s",
        served.len(),
        took.as_secs_f64(),
    ))
}

/// Whether the herd was another one than was started.
#[must_use]
pub(crate) fn dropped(seen: &Seen) -> Judgement {
    let Some(dropped) = seen.dropped else {
        return Judgement::not_applicable("the system does not say how many connections it drops");
    };
    let ending = if dropped == 1 { "" } else { "s" };
    let told = format!("the system dropped {dropped} connection{ending}");
    Judgement::noted(match dropped {
        0 => told,
        _ => format!("{told}, which came a second late or more: the herd was another one"),
    })
}

/// Copies that were refused together do not retry together.
#[must_use]
pub(crate) fn spread(seen: &Seen) -> Judgement {
    let refused = seen.refused().count();
    if refused == 0 {
        let came = until_all_had_asked(seen).as_secs_f64();
        return Judgement::not_applicable(format!(
            "none was refused: the copies came over {came:.2} s, too far apart to be a herd"
        ));
    }
    let report = verify(&seen.requests);
    if report.single == report.clients {
        return Judgement::not_applicable("those that were refused did not come back");
    }
    let waves = report.findings.into_iter();
    let waves: Vec<_> = waves
        .filter(|finding| finding.rule == verify::Rule::WavesInStep)
        .collect();
    let largest = waves.iter().map(|wave| wave.requests.len()).max();
    Judgement::of(
        waves.is_empty(),
        match largest {
            None => format!("no wave of six or more came back in step, of {refused} refused"),
            Some(largest) => format!(
                "{} in step, the largest of {largest}",
                count(waves.len(), "wave")
            ),
        },
    )
}

/// Each category has limits of its own; the larger bound counts.
fn bound(seen: &Seen, served: &[&Entry]) -> Duration {
    let bounds = [Category::Identity, Category::Other].map(|category| {
        let own = served.iter().filter(|it| it.category == category);
        let times = own.map(|it| it.outcome.service_time.unwrap_or_default());
        let service_times = ServiceTimes::of(times);
        let work = Work {
            tokens: service_times.tokens,
            service_times: Some(service_times),
            ..Work::default()
        };
        Bounds::of(&seen.limits, category, &work).largest()
    });
    bounds[0].max(bounds[1])
}

fn until_last_end(seen: &Seen) -> Duration {
    let last = seen
        .requests
        .iter()
        .filter_map(|it| it.outcome.ended_at)
        .max();
    since_first(seen, last)
}

/// Of copies that asked nothing nothing is known.
fn until_all_had_asked(seen: &Seen) -> Duration {
    let mut copies = BTreeSet::new();
    let requests = seen.requests.iter();
    let firsts: Vec<_> = requests.filter(|it| copies.insert(&it.session)).collect();
    since_first(seen, firsts.last().map(|it| it.at))
}

fn since_first(seen: &Seen, at: Option<Duration>) -> Duration {
    let first = seen.requests.first().map_or(Duration::ZERO, |it| it.at);
    at.unwrap_or(first).saturating_sub(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::check::rule::Grade;
    use crate::command::check::seen::samples::{requests, seen};

    #[test]
    fn connections_that_were_dropped_are_a_figure_where_the_system_counts_them() {
        let judged = |dropped| {
            let mut seen = seen(End::Code(0), requests(&[(0, 200)]));
            seen.dropped = dropped;
            super::dropped(&seen)
        };
        assert_eq!(judged(None).grade, Grade::NotApplicable);
        assert_eq!(judged(Some(0)).evidence, "the system dropped 0 connections");
        assert_eq!(
            judged(Some(1)).evidence,
            "the system dropped 1 connection, which came a second late or more: the herd was another one"
        );
    }
}
