//! What the command line says of a schedule, checked before anything is searched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::Args;

use super::commands::Commands;
use super::names::Names;
use crate::command::plan::failure::PlanError;
use crate::command::plan::question::Question;
use crate::report::schedule::{files, place};
use crate::result::schedule::{Day, Job, ScheduleFormat, TimeOfDay};
use crate::scenario::definition::{Group, Scenario};

/// The most jobs of a schedule (assumed): each is a file in two of the forms.
const MOST_JOBS: u64 = 1000;

/// Azure Resource Manager deploys at most 800 resources with one template (documented), two for each job.
const MOST_RUNBOOKS: u64 = 400;

/// The most files of another schedule that are named.
const NAMED: usize = 10;

/// The answer as something to install.
#[derive(Debug, Args)]
pub(crate) struct EmitArguments {
    /// Write the found starts for this scheduler into the folder of --out; may be repeated.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub emit: Vec<ScheduleFormat>,
    /// When the first job starts, such as 02:00 or 02:00:30; local time of the machine, UTC for azure-automation.
    #[arg(long, value_name = "TIME", requires = "emit")]
    pub at: Option<TimeOfDay>,
    /// On which days, such as mon,tue,fri [default: every day].
    #[arg(
        long,
        value_enum,
        value_name = "DAY,…",
        value_delimiter = ',',
        requires = "emit"
    )]
    pub days: Vec<Day>,
    /// What each job runs, or with GROUP= before it each job of that group; {n} in it is the job's number in its group,
    /// {group} the group. For azure-automation it is a runbook's name. May be repeated.
    #[arg(long, value_name = "[GROUP=]COMMAND", requires = "emit")]
    pub command: Vec<String>,
}

/// What is to be written, with all that it takes beside the answer.
#[derive(Debug)]
pub(in crate::command::plan) struct Emission {
    pub(in crate::command::plan) formats: Vec<ScheduleFormat>,
    pub(super) at: TimeOfDay,
    pub(super) days: Vec<Day>,
    names: Names,
    commands: Commands,
}

impl EmitArguments {
    /// What is to be written; none: nothing.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(in crate::command::plan) fn emission(
        &self,
        out: Option<&Path>,
        scenario: &Scenario,
        question: &Question,
    ) -> Result<Option<Emission>, PlanError> {
        if self.emit.is_empty() {
            return Ok(None);
        }
        let groups = question
            .groups
            .iter()
            .map(|number| &scenario.groups[*number]);
        let groups: Vec<&Group> = groups.collect();
        let mut problems = self.missing(out);
        problems.extend(self.too_many(&groups));
        let names = Names::new(&scenario.name, &groups, &self.emit);
        let names = names.map_err(|found| problems.extend(found));
        let commands = Commands::new(&self.command, &groups, &self.emit);
        let commands = commands.map_err(|found| problems.extend(found));
        match (self.at, names, commands) {
            (Some(at), Ok(names), Ok(commands)) if problems.is_empty() => {
                let emission = Emission {
                    formats: self.emit.clone(),
                    at,
                    days: self.all_days(),
                    names,
                    commands,
                };
                emission.alone(out, &groups).map(Some)
            }
            _ => Err(expected(&problems)),
        }
    }

    fn missing(&self, out: Option<&Path>) -> Vec<String> {
        let mut problems = vec![];
        if self.at.is_none() {
            problems.push(
                "--at TIME, such as --at 02:00: when the first job starts (--emit)".to_owned(),
            );
        }
        if out.is_none() {
            problems.push(
                "--out DIR: the folder that the schedule is written into (--emit)".to_owned(),
            );
        }
        let fine = self.at.is_some_and(|at| at.millisecond() > 0);
        if fine && self.emit.contains(&ScheduleFormat::TaskScheduler) {
            problems.push("a whole second (--at; --emit taskscheduler)".to_owned());
        }
        if let Some(twice) = repeated(&self.emit) {
            problems.push(format!("--emit {} once", twice.name()));
        }
        if let Some(twice) = repeated(&self.days) {
            problems.push(format!("{} once (--days)", twice.name()));
        }
        problems
    }

    fn too_many(&self, groups: &[&Group]) -> Option<String> {
        let jobs: u64 = groups.iter().map(|group| u64::from(group.count)).sum();
        let template = self.emit.contains(&ScheduleFormat::AzureAutomation);
        let (most, of) = if template {
            (MOST_RUNBOOKS, "a template (--emit azure-automation)")
        } else {
            (MOST_JOBS, "a schedule (--emit)")
        };
        (jobs > most).then(|| format!("{most} jobs or fewer of {of}, not {jobs}"))
    }

    fn all_days(&self) -> Vec<Day> {
        if self.days.is_empty() {
            return Day::ALL.to_vec();
        }
        let mut days = self.days.clone();
        days.sort_unstable();
        days
    }
}

impl Emission {
    /// The same, if no folder that is its own has files of another schedule: they would be installed with these.
    fn alone(self, out: Option<&Path>, groups: &[&Group]) -> Result<Self, PlanError> {
        let jobs = groups
            .iter()
            .flat_map(|group| (1..=group.count).map(|number| self.names.job(&group.name, number)));
        let jobs: Vec<String> = jobs.collect();
        let folders = self.formats.iter().filter_map(|format| {
            let folder = out?.join(place(*format).strip_suffix('/')?);
            others(&folder, &files(*format, &jobs))
        });
        let problems: Vec<String> = folders.collect();
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(expected(&problems))
        }
    }

    pub(super) fn job(&self, group: &Group, number: u32, offset_ms: u64) -> Job {
        let (at, days_later) = self.at.plus(offset_ms);
        let plain = self.names.group(&group.name);
        Job {
            name: self.names.job(&group.name, number),
            group: group.name.clone(),
            number,
            offset_ms,
            at,
            days_later: u32::try_from(days_later).unwrap_or(u32::MAX),
            command: self.commands.of(&group.name, plain, number),
        }
    }
}

/// What was expected of a folder that has other files than these.
fn others(folder: &Path, own: &[String]) -> Option<String> {
    let found = fs::read_dir(folder).ok()?.flatten();
    let found = found.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let own: BTreeSet<&String> = own.iter().collect();
    let mut others: Vec<String> = found.filter(|name| !own.contains(name)).collect();
    others.sort_unstable();
    let more = others.len().saturating_sub(NAMED);
    others.truncate(NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    (!others.is_empty()).then(|| {
        format!(
            "no file of another schedule in {}, which has {}{more} (--out, --emit)",
            folder.display(),
            others.join(", ")
        )
    })
}

fn expected(problems: &[String]) -> PlanError {
    PlanError::Expected(problems.join("\nexpected "))
}

fn repeated<T: Copy + PartialEq>(all: &[T]) -> Option<T> {
    let seen = |(place, one): (usize, &T)| all[..place].contains(one).then_some(*one);
    all.iter().enumerate().find_map(seen)
}
