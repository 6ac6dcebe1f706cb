//! What an import comes to: the scenario's text, and the document about it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use imds_client::user_file;
use jiff::tz::TimeZone;

use super::arguments::{CommonArguments, ImportArguments};
use super::clients::{shortened, with_clients};
use super::encoding::decoded;
use super::failure::ImportError;
use super::minutes::{Figures, MINUTE, Minutes, begin};
use super::units;
use crate::command::remedies::arguments::RemediesArguments;
use crate::report::console::Console;
use crate::result::import::{Busy, Imported, ImportedGroup, Minute, MinuteJob, SCHEMA};
use crate::result::remedies::Remedies;
use crate::result::scenario::from_toml;
use crate::scenario::definition::{MOST_SESSIONS, Scenario};
use crate::scenario::import::written::{Planned, Text, group_name};
use crate::scenario::import::{self, Job, Jobs, Window, crontab, table, taskscheduler};

/// The name of a scenario whose file has none.
const UNNAMED: &str = "imported";

/// A scenario, and what there is to be said of it.
pub(crate) struct Made {
    pub toml: String,
    pub document: Imported,
}

/// A schedule in its days.
struct Schedule {
    name: String,
    window: Window,
    planned: Vec<Planned>,
    skipped: usize,
    notes: Vec<String>,
}

impl ImportArguments {
    /// The scenario, and the document about it. The console shows the progress of remedies.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn made(&self, console: &Console) -> Result<Made, ImportError> {
        let schedule = self.schedule()?;
        let whole = self.text(&schedule, Duration::ZERO, schedule.window.length());
        let toml = whole.toml(|start| schedule.time(start));
        let scenario = from_toml(&schedule.name, &toml)?;
        let minutes = Minutes::of(&scenario)?;
        let mut document = self.document(&schedule, &whole, &minutes);
        if !self.common().worst {
            return Ok(Made { toml, document });
        }
        let from = begin(minutes.worst().0);
        let minute = self.text(&schedule, from, from + MINUTE);
        let begin = minute.begin();
        let toml = minute.toml(|start| schedule.time(begin + start));
        let scenario = from_toml(&schedule.name, &toml)?;
        document.remedies = Some(self.remedies(scenario, console)?);
        Ok(Made { toml, document })
    }

    /// The jobs with their clients and starts.
    fn schedule(&self) -> Result<Schedule, ImportError> {
        let common = self.common();
        let zone = common.zone.as_deref().map(import::zone).transpose();
        let zone = zone.map_err(|problem| {
            ImportError::Expected(format!(
                "{} (--zone)",
                problem.trim_start_matches("expected ")
            ))
        })?;
        let Jobs {
            found: jobs,
            mistakes,
            mut notes,
        } = self.read()?;
        if !mistakes.is_empty() {
            return Err(ImportError::Mistakes(mistakes));
        }
        let zone = zone.unwrap_or_else(|| zone_of(&jobs, &mut notes));
        let window = Window::new(zone, common.date, common.days.into());
        let window = window.map_err(|_| {
            let date = common.date;
            ImportError::Expected(format!("days that a calendar has, not {date} (--date)"))
        })?;
        let (jobs, skipped) = with_clients(jobs, common)?;
        let schedule = Schedule {
            name: self.scenario_name(),
            planned: planned(jobs, &window),
            window,
            skipped,
            notes,
        };
        schedule.check(common)?;
        Ok(schedule)
    }

    /// All files, and all their mistakes.
    fn read(&self) -> Result<Jobs, ImportError> {
        let mut all = Jobs::default();
        for path in self.files() {
            let file = import::source(&path.display().to_string());
            let read = match self {
                Self::Crontab(arguments) => crontab::read(&file, &text(path)?, arguments.system),
                Self::Csv(_) => table::read(&file, &text(path)?),
                Self::SystemdTimers(_) => units::read(path, &file, &text(path)?),
                Self::TaskScheduler(_) => taskscheduler::read(&file, &text(path)?),
            };
            all.found.extend(read.found);
            all.mistakes.extend(read.mistakes);
            all.notes.extend(read.notes);
        }
        Ok(all)
    }

    fn scenario_name(&self) -> String {
        let file = self.files().first().and_then(|path| path.file_stem());
        let file = file.map(|name| name.to_string_lossy().into_owned());
        let named = self.common().name.clone().or(file);
        named.unwrap_or_else(|| UNNAMED.to_owned())
    }

    fn text<'s>(&self, schedule: &'s Schedule, from: Duration, to: Duration) -> Text<'s> {
        let mut text = Text {
            name: &schedule.name,
            comment: vec![],
            seed: self.common().seed,
            planned: &schedule.planned,
            from,
            to,
        };
        let (begins, zone) = (
            schedule.time(text.begin()),
            zone_name(&schedule.window.zone),
        );
        text.comment = vec![
            format!("Jobs of {}, from {begins} ({zone}) on.", self.name()),
            format!("Made by: {}", self.replay()),
        ];
        text
    }

    fn remedies(&self, scenario: Scenario, console: &Console) -> Result<Remedies, ImportError> {
        let common = self.common();
        let asked = RemediesArguments::usual(
            PathBuf::new(),
            Some(common.seed),
            common.no_vary,
            common.quiet,
        );
        let mut remedies = asked.of(scenario, console)?;
        remedies.replay = self.replay();
        Ok(remedies)
    }

    fn document(&self, schedule: &Schedule, whole: &Text, minutes: &Minutes) -> Imported {
        let common = self.common();
        let worst = minutes.worst();
        let planned = schedule.planned.iter();
        let starts = planned.map(Planned::sessions).sum();
        Imported {
            schema: SCHEMA,
            scenario: schedule.name.clone(),
            format: self.name().to_owned(),
            zone: zone_name(&schedule.window.zone),
            begins: schedule.time(Duration::ZERO),
            days: common.days,
            jobs: schedule.planned.len(),
            skipped: schedule.skipped,
            starts,
            failed: minutes.failed(),
            seed: common.seed,
            groups: schedule.groups(whole),
            most_starts: schedule.busy(minutes.most_starts()),
            longest_wait: minutes.longest_wait().map(|minute| schedule.busy(minute)),
            worst: Minute {
                busy: schedule.busy(worst),
                jobs: schedule.jobs_of(begin(worst.0)),
            },
            file: common.out.as_ref().map(|out| out.display().to_string()),
            worst_alone: common.worst,
            notes: schedule.notes.clone(),
            remedies: None,
            replay: self.replay(),
        }
    }
}

impl Schedule {
    /// When something is, in RFC 3339 with the zone's offset.
    fn time(&self, since_begin: Duration) -> String {
        let time = self.window.time(since_begin);
        let offset = self.window.zone.to_offset(time);
        time.display_with_offset(offset).to_string()
    }

    /// That there are sessions, and not too many.
    fn check(&self, asked: &CommonArguments) -> Result<(), ImportError> {
        let planned = self.planned.iter();
        let sessions: u64 = planned.map(Planned::sessions).sum();
        let (date, days) = (asked.date, asked.days);
        if sessions == 0 {
            return Err(ImportError::Expected(format!(
                "a job that starts on {date} or in the {days} days from then on (--date, --days), found none"
            )));
        }
        if sessions > u64::from(MOST_SESSIONS) {
            return Err(ImportError::Expected(format!(
                "{MOST_SESSIONS} starts at most in a scenario, found more (--days, --skip)"
            )));
        }
        Ok(())
    }

    fn groups(&self, whole: &Text) -> Vec<ImportedGroup> {
        let groups = whole.groups().into_iter();
        let group = groups.map(|((client, delay), starts)| ImportedGroup {
            name: group_name(client, delay),
            client: client.to_owned(),
            jobs: self
                .planned
                .iter()
                .filter(|planned| planned.client == client && planned.job.delay == delay)
                .count(),
            starts: starts.len() as u64,
            random_delay_ms: delay.as_secs_f64() * 1000.0,
        });
        group.collect()
    }

    fn busy(&self, (minute, figures): (u64, Figures)) -> Busy {
        Busy {
            begins: self.time(begin(minute)),
            starts: figures.starts,
            failed: figures.failed,
            longest_token_ms: figures.longest_ms,
        }
    }

    /// The jobs that may start within a minute from then on.
    fn jobs_of(&self, from: Duration) -> Vec<MinuteJob> {
        let sessions = |planned: &Planned| {
            let starts = planned.due(from, from + MINUTE).count() as u64;
            starts * u64::from(planned.job.count)
        };
        let mut planned: Vec<(&Planned, u64)> = self
            .planned
            .iter()
            .map(|planned| (planned, sessions(planned)))
            .filter(|(_, starts)| *starts > 0)
            .collect();
        planned.sort_by(|a, b| a.0.job.place.cmp(&b.0.job.place));
        let job = |(planned, starts): (&Planned, u64)| MinuteJob {
            place: planned.job.place.line(),
            client: planned.client.clone(),
            starts,
            command: shortened(&planned.job.command),
        };
        planned.into_iter().map(job).collect()
    }
}

/// The jobs with their starts, as far as a scenario may have more of them.
fn planned(jobs: Vec<(Job, String)>, window: &Window) -> Vec<Planned> {
    let (mut planned, mut sessions) = (vec![], 0);
    for (job, client) in jobs {
        let starts = job.starts(window).into_iter();
        let one = Planned {
            starts: starts.map(|start| window.offset(start)).collect(),
            job,
            client,
        };
        sessions += one.sessions();
        planned.push(one);
        if sessions > u64::from(MOST_SESSIONS) {
            break;
        }
    }
    planned
}

/// The zone that all jobs name, or UTC.
fn zone_of(jobs: &[Job], notes: &mut Vec<String>) -> TimeZone {
    let mut zones = jobs.iter().map(|job| job.zone.as_ref());
    let first = zones.next().flatten();
    if let Some(zone) = first.filter(|zone| zones.all(|other| other == Some(*zone))) {
        return zone.clone();
    }
    let told = if jobs.iter().any(|job| job.zone.is_none()) {
        "times without a zone are taken for UTC, and days too (--zone)"
    } else {
        "jobs name several zones: the days are those of UTC (--zone)"
    };
    notes.push(told.to_owned());
    TimeZone::UTC
}

fn zone_name(zone: &TimeZone) -> String {
    let name = zone.iana_name().map(str::to_owned);
    name.unwrap_or_else(|| "an offset from UTC".to_owned())
}

fn text(path: &Path) -> Result<String, ImportError> {
    let text = user_file::bytes(path, user_file::LONGEST).and_then(decoded);
    text.map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> ImportError {
    let path = path.to_owned();
    ImportError::Unreadable { path, source }
}
