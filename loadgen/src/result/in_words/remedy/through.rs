//! What to change where sessions go through a remedy already.

use super::suggestion::{PATIENT, gate, rate_below};
use crate::result::run::{GroupResult, LimitsInForce, RunResult, ThroughKind, ThroughResult};

/// So many times as long as the limits require do the jobs take before their places are said to be the reason (assumed).
const MUCH_LONGER: f64 = 2.0;

/// Sessions were refused, though they went through this.
pub(super) fn throttled(result: &RunResult, through: &ThroughResult) -> String {
    let remedy = &through.remedy;
    match through.kind {
        ThroughKind::Gate if !keeps(through, &result.limits) => {
            let gate = gate(&result.limits);
            format!(
                "let the gate keep all limits of the VM (`{gate} -- COMMAND`), or let the jobs share tokens (`imds-client \
                 serve`): neither changes a script; or {PATIENT}"
            )
        }
        ThroughKind::Gate => format!(
            "let the jobs share tokens (`imds-client serve`), which changes no script; or {PATIENT}"
        ),
        ThroughKind::Client if through.pace == Some(false) => format!(
            "pace the requests, too (`{remedy} --pace`), or let the jobs ask the broker (`imds-client serve`); or {PATIENT}"
        ),
        ThroughKind::Client => {
            format!("let the jobs ask the broker (`imds-client serve`); or {PATIENT}")
        }
        ThroughKind::Broker if through.policy.is_some() => format!(
            "let the broker retry for longer (`imds-client serve` without `--policy`); or {PATIENT}"
        ),
        ThroughKind::Broker => PATIENT.to_owned(),
    }
}

/// Whether a gate is that which keeps starts within these limits.
fn keeps(through: &ThroughResult, limits: &LimitsInForce) -> bool {
    let places = limits
        .concurrent
        .and_then(|slots| usize::try_from(slots).ok());
    let rate = rate_below(limits).map(|rate| format!("{rate}/s"));
    (through.at_once, &through.rate) == (places, &rate)
}

/// The run ended before sessions had their turn at the gate: their client has not asked yet.
pub(super) fn unfinished_at_gate(through: &ThroughResult) -> &'static str {
    if through.at_once.is_some() {
        "give the gate more places (`--at-once`), space the starts alone (`--rate` without `--at-once`), or set a later \
         max_duration: the run ended before these sessions had their turn at the gate"
    } else {
        "let more start in a second (`--rate`), or set a later max_duration: the run ended before these sessions had their \
         turn at the gate"
    }
}

/// What to change where all succeeded, but waited long for places that others held after they had their token.
/// Nothing of jobs that ask more than once: then the rate of their starts is not that of their requests.
pub(super) fn long_places(result: &RunResult) -> Option<String> {
    let (sessions, attempts) = (&result.sessions, result.attempts.total);
    let once = sessions.failed == 0 && attempts <= sessions.total;
    let waited = sessions.by_group.values().filter_map(at_places);
    let longest = waited.max_by(f64::total_cmp).filter(|_| once)?;
    if longest <= MUCH_LONGER * result.lower_bound_ms {
        return None;
    }
    let rate = rate_of_starts(result)?;
    Some(format!(
        "space the starts alone (`imds-client exec --rate {rate}/s -- COMMAND`): with `--at-once` a job holds its place \
         until it ends, long after it has its token"
    ))
}

/// The longest wait at a gate whose sessions hold places.
fn at_places(group: &GroupResult) -> Option<f64> {
    let through = group.through.as_ref();
    through.filter(|it| it.at_once.is_some())?.waited_ms?.max
}

/// Starts a second of jobs that ask once, so that no limit refuses any; none: less than one.
fn rate_of_starts(result: &RunResult) -> Option<u32> {
    let limits = &result.limits;
    let longest_ms = result.attempt_latency_ms.granted.max?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few starts a second"
    )]
    let by_slots = |slots: u32| (f64::from(slots) * 1000.0 / longest_ms) as u32;
    let rates = [limits.concurrent.map(by_slots), rate_below(limits)];
    rates.into_iter().flatten().min().filter(|rate| *rate > 0)
}
