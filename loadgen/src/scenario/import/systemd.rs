//! Timers of systemd (systemd.timer(5)), each with its service.

pub(super) mod calendar;
mod component;
mod unit;

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use jiff::SignedDuration;

use self::calendar::Calendar;
use self::unit::{Setting, settings};
use super::{Job, Jobs, Mistake, Place, Source, Timing};

/// The settings that start a service so long after another event.
const MONOTONIC: [&str; 5] = [
    "OnActiveSec",
    "OnBootSec",
    "OnStartupSec",
    "OnUnitActiveSec",
    "OnUnitInactiveSec",
];

/// Reads a timer. `service` finds the text of a service beside it; one without is told by its name.
pub(crate) fn read(file: &Source, text: &str, service: impl Fn(&str) -> Option<String>) -> Jobs {
    let mut read = Jobs::default();
    let settings = settings(text, "Timer");
    let (mut calendars, mut delay) = (vec![], Duration::ZERO);
    for setting in &settings {
        let place = || Place::new(file, setting.line, setting.column);
        let mut noted = |mistake: Option<Mistake>| read.mistakes.extend(mistake);
        match setting.name {
            "OnCalendar" if setting.value.is_empty() => calendars.clear(),
            "OnCalendar" => match Calendar::read(&setting.value) {
                Ok(calendar) => calendars.push(calendar),
                Err(expected) => noted(Some(place().mistake(expected))),
            },
            "RandomizedDelaySec" => match length(&setting.value) {
                Some(length) => delay = length,
                None => noted(Some(place().mistake(expected_length(setting)))),
            },
            "AccuracySec" if length(&setting.value).is_none() => {
                noted(Some(place().mistake(expected_length(setting))));
            }
            _ => {}
        }
    }
    let monotonic = settings
        .iter()
        .find(|setting| MONOTONIC.contains(&setting.name));
    let timing = match (calendars.is_empty(), monotonic) {
        (false, _) => Timing::Calendar(calendars.clone()),
        (true, Some(_)) => Timing::Never(
            "it starts so long after the machine or a unit did (On…Sec), at no time of a calendar",
        ),
        (true, None) if read.mistakes.is_empty() => {
            let place = Place::new(file, 1, 1);
            read.mistakes
                .push(place.mistake("expected OnCalendar in the section [Timer]"));
            return read;
        }
        (true, None) => return read,
    };
    let line = settings
        .iter()
        .find(|setting| setting.name == "OnCalendar")
        .or(monotonic);
    let place = Place::new(file, line.map_or(1, |setting| setting.line), 1);
    let mut zones = calendars.iter().map(|calendar| calendar.zone.clone());
    let first = zones.next().flatten();
    let zone = first.filter(|zone| zones.all(|other| other.as_ref() == Some(zone)));
    let command = command(file, &settings, service);
    read.found.push(Job {
        zone,
        delay,
        ..Job::new(place, command, timing)
    });
    read
}

/// What the timer's service runs, or the service's name.
fn command(
    file: &Source,
    settings: &[Setting],
    service: impl Fn(&str) -> Option<String>,
) -> String {
    let name = unit(file, settings);
    let text = service(&name).unwrap_or_default();
    let commands = self::settings(&text, "Service");
    let commands = commands
        .iter()
        .filter(|setting| setting.name == "ExecStart");
    let commands: Vec<String> = commands.map(|setting| typed(&setting.value)).collect();
    if commands.is_empty() {
        name
    } else {
        commands.join("; ")
    }
}

/// The unit that a timer starts.
fn unit(file: &Source, settings: &[Setting]) -> String {
    let named = settings.iter().rev().find(|setting| setting.name == "Unit");
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let own = format!("{}.service", stem.trim_end_matches(".timer"));
    named.map_or(own, |setting| setting.value.clone())
}

/// A command without the marks before it, and with `%%` and `$$` as what they stand for (systemd.service(5)).
fn typed(command: &str) -> String {
    let command = command.trim_start_matches(['@', '-', ':', '+', '!']);
    command.replace("%%", "%").replace("$$", "$")
}

/// A length of time, such as `1h 30min`; a number alone is of seconds (systemd.time(7)).
fn length(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let span: SignedDuration = text.parse().ok().or_else(|| friendly(text))?;
    Duration::try_from(span).ok()
}

/// Units that are written otherwise there.
fn friendly(text: &str) -> Option<SignedDuration> {
    let text = text.replace("msec", "ms").replace("usec", "us");
    let length: FriendlyDuration = toml::Value::from(text).try_into().ok()?;
    SignedDuration::try_from(length.0).ok()
}

fn expected_length(setting: &Setting) -> String {
    let Setting { name, value, .. } = setting;
    format!("expected a length of time such as 1h 30min in {name}, found \"{value}\"")
}

#[cfg(test)]
mod tests;
