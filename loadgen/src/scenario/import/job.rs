//! Jobs, and when they start.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::crontab::cron::Cron;
use super::once::Once;
use super::place::{Mistake, Place};
use super::systemd::calendar::Calendar;
use super::taskscheduler::trigger::Trigger;
use super::window::{MOST_STARTS, Window};

/// A job as its scheduler has it.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// Where it stands.
    pub place: Place,
    /// What it runs, in one line.
    pub command: String,
    /// What its scheduler calls it, where the file says that.
    pub name: Option<String>,
    /// The client that the file itself names.
    pub client: Option<String>,
    /// How many sessions each of its starts is.
    pub count: u32,
    /// When it starts.
    pub timing: Timing,
    /// The zone of its times, where the file says that; none: that of the command line.
    pub zone: Option<TimeZone>,
    /// It starts so much later than its scheduler says: it sleeps first.
    pub sleep: Duration,
    /// Each start is late by a random part of this.
    pub delay: Duration,
}

/// When a job starts.
#[derive(Clone, Debug)]
pub(crate) enum Timing {
    /// At times of a calendar, as cron has them.
    Cron(Cron),
    /// At a time, or at one of each day.
    Once(Once),
    /// At times of a calendar, as systemd has them.
    Calendar(Vec<Calendar>),
    /// At times of a calendar, as Windows' Task Scheduler has them.
    Tasks(Vec<Trigger>),
    /// At no time that a calendar has, and why not.
    Never(&'static str),
}

/// One format's jobs, and what is wrong with the rest.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    pub found: Vec<Job>,
    pub mistakes: Vec<Mistake>,
    /// What the reader assumes of this file.
    pub notes: Vec<String>,
}

impl Job {
    /// A job that starts one session at a time, neither late nor in a zone of its own.
    pub(crate) fn new(place: Place, command: String, timing: Timing) -> Self {
        Self {
            place,
            command,
            name: None,
            client: None,
            count: 1,
            timing,
            zone: None,
            sleep: Duration::ZERO,
            delay: Duration::ZERO,
        }
    }

    /// When it starts within the window, its sleep included and its random delay not. Of more starts than a scenario may have
    /// there are one more than that.
    pub(crate) fn starts(&self, window: &Window) -> Vec<Timestamp> {
        // What is in the window when it has slept.
        let Ok(earlier) = window.earlier(self.sleep) else {
            return vec![];
        };
        let zone = self.zone.as_ref().unwrap_or(&window.zone);
        let planned = match &self.timing {
            Timing::Cron(cron) => cron.starts(zone, &earlier),
            Timing::Once(once) => once.starts(zone, &earlier),
            Timing::Calendar(calendars) => any_of(
                calendars
                    .iter()
                    .flat_map(|calendar| calendar.starts(zone, &earlier)),
            ),
            Timing::Tasks(triggers) => any_of(
                triggers
                    .iter()
                    .flat_map(|trigger| trigger.starts(zone, &earlier)),
            ),
            Timing::Never(_) => vec![],
        };
        let starts = planned.into_iter();
        starts
            .filter_map(|start| start.checked_add(self.sleep).ok())
            .collect()
    }
}

/// When one or more of them are: at one instant a timer or a task starts once.
fn any_of(starts: impl Iterator<Item = Timestamp>) -> Vec<Timestamp> {
    let mut starts: Vec<Timestamp> = starts.take(MOST_STARTS + 1).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}
