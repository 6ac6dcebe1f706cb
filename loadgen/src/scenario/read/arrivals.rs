//! The `arrival` of a group, and the number of sessions that follows from it.

use std::time::Duration;

use imds_emulator::document::{FriendlyDuration, Section};

use super::kinds::{kind, table};
use crate::scenario::arrival::{Arrival, Replay, recording};
use crate::scenario::definition::MOST_SESSIONS;
use crate::scenario::files::Files;

/// `end` is when the run ends, if the scenario says so: a session that starts then, or later, never does.
pub(super) fn read(group: &mut Section, files: &Files, end: Option<Duration>) -> Option<Arrival> {
    let mut section = table(group, "arrival")?;
    let arrival = match kind(&mut section, &Arrival::KINDS)? {
        "herd" => Arrival::Herd(section.required("herd")?),
        "every" => Arrival::Every(section.required("every")?),
        "poisson" => Arrival::Poisson(section.required("poisson")?),
        "rate" => Arrival::Rate(section.required("rate")?),
        "stages" => Arrival::Stages(section.required("stages")?),
        "replay" => Arrival::Replay(replay(&mut section.section("replay")?, files, end)?),
        closed => Arrival::Closed(section.required(closed)?),
    };
    if let Some(expected) = arrival.problem() {
        group.refuse("arrival", format_args!("expected {expected}"));
        return None;
    }
    let late = |start| end.is_some_and(|end| start >= end);
    if arrival.first_start().is_some_and(late) {
        group.refuse(
            "arrival",
            "expected sessions that start before the end of the run (max_duration)",
        );
        return None;
    }
    Some(arrival)
}

/// `count`, which is left out or agrees where the arrival says itself how many sessions there are.
pub(super) fn count(group: &mut Section, arrival: Option<&Arrival>) -> Option<u32> {
    let follows = arrival.and_then(Arrival::sessions);
    let count = match (arrival, follows) {
        (None, _) | (_, Some(_)) => group.optional("count"),
        (Some(_), None) => group.required("count"),
    };
    let (key, sessions) = match follows {
        Some(sessions) if count.is_none_or(|count: u32| count == sessions) => ("arrival", sessions),
        Some(sessions) => {
            let expected = disagreement(arrival, sessions);
            group.refuse("count", expected);
            return None;
        }
        None => ("count", count?),
    };
    if !(1..=MOST_SESSIONS).contains(&sessions) {
        group.refuse(key, format_args!("expected 1 to {MOST_SESSIONS} sessions"));
        return None;
    }
    Some(sessions)
}

fn disagreement(arrival: Option<&Arrival>, sessions: u32) -> String {
    let by_time = arrival.and_then(Arrival::closed);
    if by_time.is_some_and(|closed| closed.iterations.is_none()) {
        "expected no count: users begin as many sessions as they can in their time".to_owned()
    } else {
        format!("expected {sessions}, as many as the arrival makes, or no count")
    }
}

/// `replay = { at = "0s", file = "cron.csv", column = "started", speed = 1.0, jitter = "0s" }`, or `starts = [0, 1.5]` in the
/// place of a file.
fn replay(replay: &mut Section, files: &Files, end: Option<Duration>) -> Option<Replay> {
    let at = replay
        .optional::<FriendlyDuration>("at")
        .unwrap_or_default();
    let jitter = replay
        .optional::<FriendlyDuration>("jitter")
        .unwrap_or_default();
    let speed = replay.optional("speed").unwrap_or(1.0);
    let sound = f64::is_finite(speed) && speed > 0.0;
    if !sound {
        replay.refuse(
            "speed",
            "expected a factor greater than zero; 2 is twice as fast",
        );
    }
    let faster = |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() / speed);
    let start = |time| at.0.saturating_add(faster(time).unwrap_or(Duration::MAX));
    let in_time = |time| !sound || start(time) < end.unwrap_or(recording::LONGEST);
    let times = if replay.has("starts") {
        written(replay, in_time)?
    } else {
        recorded(replay, files, in_time)?
    };
    sound.then(|| Replay::new(times.into_iter().map(start).collect(), jitter.0))
}

/// The times of a file.
fn recorded(
    replay: &mut Section,
    files: &Files,
    in_time: impl Fn(Duration) -> bool,
) -> Option<Vec<Duration>> {
    let column = replay.optional::<String>("column");
    let file: String = replay.required("file")?;
    let text = files.read(&file);
    text.map_err(|problem| vec![problem])
        .and_then(|text| {
            let named = |problem| format!("{file}:{problem}");
            let times = recording::read(&text, column.as_deref(), in_time);
            times.map_err(|problems| problems.into_iter().map(named).collect())
        })
        .map_err(|problems| problems.iter().for_each(|p| replay.refuse("file", p)))
        .ok()
}

/// The times in the scenario itself, in seconds.
fn written(replay: &mut Section, in_time: impl Fn(Duration) -> bool) -> Option<Vec<Duration>> {
    for key in ["file", "column"] {
        if replay.has(key) {
            replay.optional::<String>(key);
            replay.refuse(
                key,
                "expected `starts` or the file of a recording, not both",
            );
        }
    }
    let seconds: Vec<f64> = replay.optional("starts")?;
    let time = |seconds: &f64| Duration::try_from_secs_f64(*seconds).ok();
    let times: Vec<Duration> = seconds.iter().filter_map(time).collect();
    if times.is_empty() || times.len() < seconds.len() {
        replay.refuse(
            "starts",
            "expected seconds since the run's start, such as [0, 1.5], one or more",
        );
        return None;
    }
    let late = times.iter().find(|time| !in_time(**time));
    if let Some(late) = late {
        let expected = format_args!(
            "expected seconds before the end of the run (max_duration, or a year), found {}",
            late.as_secs_f64()
        );
        replay.refuse("starts", expected);
        return None;
    }
    Some(times)
}
