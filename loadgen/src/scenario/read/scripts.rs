//! The `script` of a group.

pub(super) mod requests;
mod retries;

use std::sync::Arc;

use imds_emulator::Config;
use imds_emulator::document::{FriendlyDuration, Section};

use super::kinds::kind;
use crate::scenario::script::{Pause, Step, StepKind, Task, Whose};

/// The most often that a part of a script is repeated.
const MOST_TIMES: u32 = 1_000_000;

const KINDS: [&str; 10] = [
    "connect",
    "set_context",
    "list_resources",
    "clear_context",
    "disable_autosave",
    "refresh",
    "metadata",
    "think",
    "think_between",
    "repeat",
];

pub(super) fn read(group: &mut Section, imds: &Config, context: bool) -> Option<Arc<[Task]>> {
    let tasks = Reading { imds, context }.tasks(group, "script")?;
    let found = check(&tasks);
    if let Err(expected) = found {
        group.refuse("script", expected);
    }
    Some(tasks)
}

/// Whether doing the script again and again takes any time of its own.
pub(super) fn takes_time(tasks: &[Task]) -> bool {
    tasks.iter().any(|task| match task {
        Task::Step(Step::Think(pause), _) => !pause.min.is_zero(),
        Task::Step(..) => false,
        Task::Repeat { tasks, .. } => takes_time(tasks),
    })
}

/// What can only be seen of a whole script.
fn check(tasks: &[Task]) -> Result<(), &'static str> {
    let kinds = Task::kinds(tasks);
    let at = |kind| kinds.iter().position(|found| *found == kind);
    if kinds.iter().all(|kind| *kind == StepKind::Think) {
        return Err("expected at least one connect or metadata step");
    }
    match (at(StepKind::Refresh), at(StepKind::Connect)) {
        (Some(_), None) => Err("expected a connect step before the first refresh"),
        (Some(refresh), Some(connect)) if refresh < connect => {
            Err("expected a connect step before the first refresh")
        }
        _ => Ok(()),
    }
}

struct Reading<'c> {
    imds: &'c Config,
    /// Whether the group has an Azure context.
    context: bool,
}

impl Reading<'_> {
    /// All of them, or none if one cannot be read.
    fn tasks(&self, parent: &mut Section, key: &str) -> Option<Arc<[Task]>> {
        if !parent.has(key) {
            parent.required::<String>(key);
            return None;
        }
        let sections = parent.sections(key);
        let announced = sections.len();
        if announced == 0 {
            parent.refuse(key, "expected at least one step");
            return None;
        }
        let tasks = sections
            .into_iter()
            .filter_map(|mut section| self.task(&mut section));
        let tasks: Arc<[Task]> = tasks.collect();
        (tasks.len() == announced).then_some(tasks)
    }

    fn task(&self, table: &mut Section) -> Option<Task> {
        let kind = kind(table, &KINDS);
        if kind == Some("repeat") {
            return self.repeat(&mut table.section("repeat")?);
        }
        let retry = retries::read(table);
        let step = self.step(table, kind?);
        Some(Task::Step(step?, retry?))
    }

    /// The table of a step that only groups with a context have.
    fn with_context<'t>(&self, table: &mut Section<'t>, kind: &str) -> Option<Section<'t>> {
        let section = table.section(kind);
        if !self.context {
            table.refuse(
                kind,
                "expected a client such as \"az-accounts-5.5.0\" in the group, or a context",
            );
        }
        section
    }

    fn repeat(&self, repeat: &mut Section) -> Option<Task> {
        let times: Option<u32> = repeat.required("times");
        let tasks = self.tasks(repeat, "steps");
        if times.is_some_and(|times| !(1..=MOST_TIMES).contains(&times)) {
            repeat.refuse("times", format_args!("expected 1 to {MOST_TIMES}"));
        }
        Some(Task::Repeat {
            times: times?,
            tasks: tasks?,
        })
    }

    fn step(&self, table: &mut Section, kind: &str) -> Option<Step> {
        match kind {
            "connect" => {
                let mut connect = table.section(kind)?;
                let request = requests::connect(&mut connect, self.imds).map(Arc::new);
                if !self.context {
                    return Some(Step::Connect(request?));
                }
                let scope = connect.optional("scope");
                Some(Step::SignIn(request?, scope))
            }
            "set_context" => {
                let mut set = self.with_context(table, kind)?;
                let subscription = requests::subscription(&mut set, self.imds);
                let scope = set.optional("scope");
                Some(Step::SetContext(subscription?, scope))
            }
            "list_resources" => {
                let mut list = self.with_context(table, kind)?;
                let own = list.optional("pinned").unwrap_or_default();
                let whose = if own { Whose::Own } else { Whose::Process };
                Some(Step::ListResources(whose))
            }
            "clear_context" => {
                let mut clear = self.with_context(table, kind)?;
                Some(Step::ClearContext(clear.optional("scope")))
            }
            "disable_autosave" => {
                let disable = self.with_context(table, kind);
                disable.map(|_| Step::DisableAutosave)
            }
            "refresh" => table.section(kind).map(|_| Step::Refresh),
            "metadata" => {
                let request = requests::metadata(&mut table.section(kind)?, self.imds)?;
                Some(Step::Metadata(Arc::new(request)))
            }
            "think" => {
                let FriendlyDuration(pause) = table.required(kind)?;
                let (min, max) = (pause, pause);
                Some(Step::Think(Pause { min, max }))
            }
            between => {
                let [FriendlyDuration(min), FriendlyDuration(max)] = table.required(between)?;
                if min > max {
                    table.refuse(between, "expected the shorter pause first");
                }
                Some(Step::Think(Pause { min, max }))
            }
        }
    }
}
