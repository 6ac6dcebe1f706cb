//! Timers of systemd (systemd.timer(5)), each with its service.

pub(super) mod calendar;
mod component;
mod unit;

use std::mem;
use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

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

/// What the lines of a timer say.
#[derive(Default)]
struct Timer<'t> {
    calendars: Vec<Calendar>,
    delay: Duration,
    /// The last line of a time that no calendar has.
    monotonic: Option<&'t Setting<'t>>,
    mistakes: Vec<Mistake>,
}

/// Reads a timer. `service` finds the text of a service beside it; one without is told by its name.
pub(crate) fn read(file: &Source, text: &str, service: impl Fn(&str) -> Option<String>) -> Jobs {
    let settings = settings(text, "Timer");
    let mut timer = Timer::default();
    for setting in &settings {
        timer.take(setting, &place(file, setting));
    }
    let mut read = Jobs {
        mistakes: mem::take(&mut timer.mistakes),
        ..Jobs::default()
    };
    let Some(timing) = timer.timing() else {
        if read.mistakes.is_empty() {
            let expected = "expected OnCalendar in the section [Timer]";
            read.mistakes.push(Place::new(file, 1, 1).mistake(expected));
        }
        return read;
    };
    let also = timer.monotonic.filter(|_| !timer.calendars.is_empty());
    read.notes
        .extend(also.map(|setting| left_out(file, setting)));
    let mut lines = settings.iter();
    let line = lines.find(|setting| setting.name == "OnCalendar");
    let line = line.or(timer.monotonic).map_or(1, |setting| setting.line);
    let command = command(file, &settings, service);
    read.found.push(Job {
        zone: timer.zone(),
        delay: timer.delay,
        ..Job::new(Place::new(file, line, 1), command, timing)
    });
    read
}

impl<'t> Timer<'t> {
    fn take(&mut self, setting: &'t Setting<'t>, place: &Place) {
        let is_monotonic = MONOTONIC.contains(&setting.name);
        let mut mistake = None;
        match setting.name {
            // Any of them without a value takes back all of them (systemd.timer(5)).
            name if (is_monotonic || name == "OnCalendar") && setting.value.is_empty() => {
                self.calendars.clear();
                self.monotonic = None;
            }
            "OnCalendar" => match Calendar::read(&setting.value) {
                Ok(calendar) => self.calendars.push(calendar),
                Err(expected) => mistake = Some(expected),
            },
            "RandomizedDelaySec" => match length(&setting.value) {
                Some(length) => self.delay = length,
                None => mistake = Some(expected_length(setting)),
            },
            "AccuracySec" if length(&setting.value).is_none() => {
                mistake = Some(expected_length(setting));
            }
            _ if is_monotonic => self.monotonic = Some(setting),
            _ => {}
        }
        let mistake = mistake.map(|expected| place.clone().mistake(expected));
        self.mistakes.extend(mistake);
    }

    /// When it starts its service; none: it says nothing of that.
    fn timing(&self) -> Option<Timing> {
        if !self.calendars.is_empty() {
            return Some(Timing::Calendar(self.calendars.clone()));
        }
        self.monotonic.map(|_| {
            Timing::Never("it starts so long after the machine or a unit did (On…Sec), at no time of a calendar")
        })
    }

    /// The zone that all its calendars name.
    fn zone(&self) -> Option<TimeZone> {
        let mut zones = self.calendars.iter().map(|calendar| calendar.zone.clone());
        let first = zones.next().flatten();
        first.filter(|zone| zones.all(|other| other.as_ref() == Some(zone)))
    }
}

fn place(file: &Source, setting: &Setting) -> Place {
    Place::new(file, setting.line, setting.column)
}

/// A timer of a calendar that starts its service at other times, too.
fn left_out(file: &Source, setting: &Setting) -> String {
    let place = place(file, setting);
    format!(
        "{}: {} starts it at other times, too, that no calendar has: they are not in the scenario",
        place.line(),
        setting.name
    )
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
