//! What the jobs of each group run.

use std::collections::BTreeMap;

use imds_emulator::document::visible::is_printable;

use super::names::plain;
use crate::result::schedule::ScheduleFormat;
use crate::scenario::definition::Group;

/// The longest name of a runbook (documented).
const LONGEST_RUNBOOK: usize = 63;

/// The command of each group that has one.
#[derive(Debug)]
pub(super) struct Commands(BTreeMap<String, String>);

impl Commands {
    /// Reads `[GROUP=]COMMAND`: what stands before the first `=` is a group if one has that name. A command of a group
    /// goes before one of all.
    ///
    /// # Errors
    /// What was expected of each that is wrong, and for which groups there is none.
    pub(super) fn new(
        given: &[String],
        groups: &[&Group],
        formats: &[ScheduleFormat],
    ) -> Result<Self, Vec<String>> {
        let wrong = given.iter().flat_map(|text| wrong(text, groups, formats));
        let mut problems: Vec<String> = wrong.collect();
        let mut commands: BTreeMap<Option<&str>, &str> = BTreeMap::new();
        for text in given {
            let (group, command) = parts(text, groups);
            if commands.insert(group, command).is_some() {
                let of = group.map_or("all groups".to_owned(), |name| format!("group \"{name}\""));
                problems.push(format!("one --command for {of}"));
            }
        }
        let of_all = commands.remove(&None);
        let names = groups.iter().map(|group| group.name.as_str());
        let missing: Vec<&str> = names
            .filter(|name| !commands.contains_key(&Some(name)))
            .collect();
        problems.extend(unmet(of_all, &missing, formats));
        if !problems.is_empty() {
            return Err(problems);
        }
        let own = commands
            .into_iter()
            .filter_map(|(name, command)| Some((name?, command)));
        let shared = missing.into_iter().filter_map(|name| Some((name, of_all?)));
        let all = own.chain(shared);
        Ok(Self(
            all.map(|(name, command)| (name.to_owned(), command.to_owned()))
                .collect(),
        ))
    }

    /// What a job runs; `plain` is the group's name as it may stand in a command line.
    pub(super) fn of(&self, group: &str, plain: &str, number: u32) -> Option<String> {
        let command = self.0.get(group)?;
        Some(filled(command, plain, &number.to_string()))
    }
}

/// What was expected where groups have no command of their own, or all have.
fn unmet(of_all: Option<&str>, missing: &[&str], formats: &[ScheduleFormat]) -> Option<String> {
    let needed = formats.iter().any(|format| *format != ScheduleFormat::Json);
    match of_all {
        Some(command) if missing.is_empty() => Some(format!(
            "no --command for all groups, since each has its own; not {command:?}"
        )),
        None if needed && !missing.is_empty() => Some(format!(
            "--command COMMAND, or --command GROUP=COMMAND for {}: what each job runs (--emit)",
            missing.join(", ")
        )),
        _ => None,
    }
}

fn filled(command: &str, group: &str, number: &str) -> String {
    command.replace("{n}", number).replace("{group}", group)
}

fn parts<'t>(text: &'t str, groups: &[&Group]) -> (Option<&'t str>, &'t str) {
    let named = text.split_once('=');
    let named = named.filter(|(name, _)| groups.iter().any(|group| group.name == *name));
    named.map_or((None, text), |(name, command)| (Some(name), command))
}

/// What is wrong with a command for these formats.
fn wrong(text: &str, groups: &[&Group], formats: &[ScheduleFormat]) -> Vec<String> {
    let (of, command) = parts(text, groups);
    if command.trim().is_empty() || !is_printable(command) {
        return vec![format!(
            "a command of one line without control characters, not {command:?} (--command)"
        )];
    }
    let mut problems = vec![];
    let unclosed = command.trim().strip_prefix('"');
    let unclosed = unclosed.is_some_and(|rest| !rest.contains('"'));
    if unclosed && formats.contains(&ScheduleFormat::TaskScheduler) {
        problems.push(format!(
            "a second quote behind the program, not {command:?} (--command; --emit taskscheduler)"
        ));
    }
    if formats.contains(&ScheduleFormat::Crontab) && is_read_by_cron(command) {
        problems.push(format!(
            "no backslash before a % or a backslash, which not every cron gives to the shell alike; not {command:?} \
             (--command; --emit crontab)"
        ));
    }
    // The number of the last job is the longest.
    let mut named = groups
        .iter()
        .filter(|group| of.is_none_or(|of| of == group.name));
    let runbooks = named.all(|group| {
        is_runbook(&filled(
            command,
            &plain(&group.name),
            &group.count.to_string(),
        ))
    });
    if !runbooks && formats.contains(&ScheduleFormat::AzureAutomation) {
        problems.push(format!(
            "the name of a runbook: a letter, then letters, digits, \"-\" and \"_\", {LONGEST_RUNBOOK} characters at \
             most; not {command:?} (--command; --emit azure-automation)"
        ));
    }
    problems
}

/// Whether it has a pair that cron reads before the shell does: `\%` is how a crontab writes a percent, and of two
/// backslashes some crons take one away (`do_command.c` of Vixie cron and of its descendants).
fn is_read_by_cron(command: &str) -> bool {
    command.contains(r"\%") || command.contains(r"\\")
}

fn is_runbook(name: &str) -> bool {
    let letter = name.starts_with(|first: char| first.is_ascii_alphabetic());
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    letter && name.len() <= LONGEST_RUNBOOK && name.chars().all(allowed)
}
