//! The client of each job: what the command line says, what the job's own command shows, or a default.

use std::cell::Cell;

use imds_client::policy::resolve;

use super::arguments::CommonArguments;
use super::failure::ImportError;
use crate::scenario::import::client::client;
use crate::scenario::import::{Job, Mistake, Timing};

/// The longest part of a command that is told of it, in characters.
const LONGEST_TOLD: usize = 60;

/// What a pattern is for.
struct Pattern<'a> {
    text: &'a str,
    policy: Option<&'a str>,
    used: Cell<bool>,
}

impl Pattern<'_> {
    fn fits(&self, job: &Job) -> bool {
        let named = job.name.as_ref();
        let named = named.is_some_and(|name| name.contains(self.text));
        let fits = named || job.command.contains(self.text);
        self.used.set(self.used.get() || fits);
        fits
    }

    /// As it is on the command line.
    fn told(&self) -> String {
        let Self { text, .. } = self;
        match self.policy {
            Some(policy) => format!("--client {text}={policy}"),
            None => format!("--skip {text}"),
        }
    }
}

/// The jobs that were not skipped, each with its client, and how many were.
///
/// # Errors
/// All jobs without a client or a time, patterns that fit no job, and clients that are none.
pub(super) fn with_clients(
    jobs: Vec<Job>,
    asked: &CommonArguments,
) -> Result<(Vec<(Job, String)>, usize), ImportError> {
    let skip = asked.skip.iter().map(|text| Pattern {
        text,
        policy: None,
        used: Cell::new(false),
    });
    let skip: Vec<Pattern> = skip.collect();
    let named = named(asked)?;
    let all = jobs.len();
    let kept = jobs.into_iter().filter(|job| {
        // Each pattern is looked for, so that none is taken for one without an effect.
        let fitting = skip.iter().filter(|pattern| pattern.fits(job));
        fitting.count() == 0
    });
    let kept: Vec<Job> = kept.collect();
    let skipped = all - kept.len();
    let mut with = vec![];
    let mut mistakes: Vec<Mistake> = kept.iter().filter_map(problem).collect();
    let mut unknown = vec![];
    for job in kept {
        match policy(&job, &named, asked) {
            Some(policy) => with.push((job, policy)),
            None => unknown.push(job),
        }
    }
    mistakes.extend(unknown.into_iter().map(of_no_client));
    if !mistakes.is_empty() {
        mistakes.sort_unstable();
        return Err(ImportError::Mistakes(mistakes));
    }
    let idle = skip.iter().chain(&named).filter(|one| !one.used.get());
    let idle: Vec<String> = idle
        .map(|pattern| {
            format!(
                "a job that \"{}\" changes, and none is there",
                pattern.told()
            )
        })
        .collect();
    if idle.is_empty() {
        Ok((with, skipped))
    } else {
        Err(ImportError::Expected(idle.join("\nexpected ")))
    }
}

/// The patterns of `--client`, with policies that are there.
fn named(asked: &CommonArguments) -> Result<Vec<Pattern<'_>>, ImportError> {
    let (mut named, mut problems) = (vec![], vec![]);
    for given in &asked.client {
        match given.rsplit_once('=').filter(|(text, _)| !text.is_empty()) {
            Some((text, policy)) => named.push(Pattern {
                text,
                policy: Some(policy),
                used: Cell::new(false),
            }),
            None => problems.push(format!("PATTERN=POLICY, not \"{given}\" (--client)")),
        }
    }
    let given = named.iter().filter_map(|pattern| pattern.policy);
    let all = given.chain(asked.default_client.as_deref());
    problems.extend(all.filter_map(|policy| {
        let problem = resolve(policy).err()?;
        Some(format!(
            "a client (`imds-client policies` lists them): {problem}"
        ))
    }));
    if asked.skip.iter().any(String::is_empty) {
        problems.push("a pattern that is not empty (--skip)".to_owned());
    }
    if problems.is_empty() {
        Ok(named)
    } else {
        Err(ImportError::Expected(problems.join("\nexpected ")))
    }
}

/// The policy of a job: by a pattern, the file, the command, or the default.
fn policy(job: &Job, named: &[Pattern], asked: &CommonArguments) -> Option<String> {
    let fitting: Vec<&Pattern> = named.iter().filter(|pattern| pattern.fits(job)).collect();
    let by_pattern = fitting.first().and_then(|pattern| pattern.policy);
    let by_file = job.client.as_deref();
    let found = by_pattern.or(by_file).or_else(|| client(&job.command));
    found.or(asked.default_client.as_deref()).map(str::to_owned)
}

/// What is wrong with a job, whatever the command line says: it has no time, or names a client that is none.
fn problem(job: &Job) -> Option<Mistake> {
    let unknown = job.client.as_deref().and_then(|name| resolve(name).err());
    let unknown = unknown.map(|problem| {
        let place = job.place.clone();
        place.mistake(format!(
            "expected a client (`imds-client policies` lists them): {problem}"
        ))
    });
    unknown.or_else(|| never(job))
}

fn never(job: &Job) -> Option<Mistake> {
    let Timing::Never(why) = job.timing else {
        return None;
    };
    let place = job.place.clone();
    let expected = format!(
        "expected a time of a calendar, found a job that has none: {why} (--skip leaves it out)"
    );
    Some(place.mistake(expected))
}

fn of_no_client(job: Job) -> Mistake {
    let told = shortened(&job.command);
    let name = job.name.map_or_else(String::new, |name| {
        format!(" of the task \"{}\"", shortened(&name))
    });
    job.place.mistake(format!(
        "expected a command that shows its client, found \"{told}\"{name} (--client PATTERN=POLICY or --default-client POLICY names one, --skip PATTERN leaves it out)"
    ))
}

/// A command as it is told.
pub(super) fn shortened(command: &str) -> String {
    if command.chars().count() <= LONGEST_TOLD {
        return command.to_owned();
    }
    let begun: String = command.chars().take(LONGEST_TOLD).collect();
    format!("{begun}…")
}
