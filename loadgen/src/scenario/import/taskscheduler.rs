//! Tasks of Windows' Task Scheduler as XML ([MS-TSCH] 2.5), one or several in a file.

mod days;
mod length;
mod problems;
mod told;
pub(super) mod trigger;
mod xml;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use self::problems::Problems;
use self::told::told;
use self::trigger::Trigger;
use self::xml::Element;
use super::{Job, Jobs, Place, Source, Timing};

/// The triggers that are due at times of a calendar. All others start a task when something happens.
const OF_TIME: [&str; 2] = ["TimeTrigger", "CalendarTrigger"];

/// How many lines a note names.
const NAMED: usize = 10;

/// Reads the tasks of a file.
pub(crate) fn read(file: &Source, text: &str) -> Jobs {
    let mut tasks = Tasks {
        problems: Problems::new(file),
        found: vec![],
        left_out: LeftOut::default(),
        read: 0,
    };
    let whole = xml::each(text, |element, comment| tasks.take(&element, comment));
    let mut mistakes = tasks.problems.mistakes;
    if let Err(wrong) = whole {
        mistakes.push(Place::new(file, wrong.line, wrong.column).mistake(wrong.expected));
    } else if tasks.read == 0 && mistakes.is_empty() {
        let expected = "expected a task (<Task>), found none";
        mistakes.push(Place::new(file, 1, 1).mistake(expected));
    }
    Jobs {
        found: tasks.found,
        mistakes,
        notes: tasks.left_out.notes(file),
    }
}

/// What is read so far.
struct Tasks<'f> {
    problems: Problems<'f>,
    found: Vec<Job>,
    left_out: LeftOut,
    read: usize,
}

/// Triggers of a task that have the same random delay: one job.
struct Alike {
    place: Place,
    delay: Duration,
    triggers: Vec<Trigger>,
}

impl Tasks<'_> {
    fn take(&mut self, task: &Element, comment: Option<String>) {
        if task.name != "Task" {
            let found = told(&task.name);
            let expected = format!("expected <Task> or <Tasks>, found <{found}>");
            self.problems.wrong(task, expected);
            return;
        }
        self.read += 1;
        let name = name(task, comment);
        let command = command(task, &mut self.problems);
        let alike = self.triggers(task);
        let settings = task.child("Settings");
        if settings.is_some_and(|settings| !self.problems.enabled(settings)) {
            self.left_out.add(SWITCHED_OFF, task);
            return;
        }
        let Some(command) = command else { return };
        self.found.extend(alike.into_iter().map(|alike| Job {
            name: name.clone(),
            zone: zone(&alike.triggers),
            delay: alike.delay,
            ..Job::new(alike.place, command.clone(), Timing::Tasks(alike.triggers))
        }));
    }

    /// The triggers of a time that are switched on.
    fn triggers(&mut self, task: &Element) -> Vec<Alike> {
        let triggers = task.child("Triggers");
        let triggers = triggers.map_or(&[][..], |triggers| &triggers.children);
        if triggers.is_empty() {
            self.left_out.add(NO_TRIGGER, task);
        }
        let mut alike: Vec<Alike> = vec![];
        for trigger in triggers {
            let is_on = self.problems.enabled(trigger);
            if !OF_TIME.contains(&trigger.name.as_str()) {
                self.left_out.event(trigger);
                continue;
            }
            let Some((read, delay)) = Trigger::read(trigger, &mut self.problems) else {
                continue;
            };
            if !is_on {
                self.left_out.add(SWITCHED_OFF, trigger);
            } else if let Some(same) = alike.iter_mut().find(|one| one.delay == delay) {
                same.triggers.push(read);
            } else {
                alike.push(Alike {
                    place: self.problems.place(trigger),
                    delay,
                    triggers: vec![read],
                });
            }
        }
        alike
    }
}

/// What a task is called, by itself or by the comment before it.
fn name(task: &Element, comment: Option<String>) -> Option<String> {
    let about = task.child("RegistrationInfo");
    let uri = about.and_then(|about| about.child("URI"));
    let name = uri.map(|uri| uri.text.clone()).or(comment);
    let name = name.map(|name| one_line(&name));
    name.filter(|name| !name.is_empty())
}

/// What a task runs, one action after the other.
fn command(task: &Element, problems: &mut Problems) -> Option<String> {
    let actions = task.child("Actions").map(|actions| &actions.children);
    let Some(actions) = actions.filter(|actions| !actions.is_empty()) else {
        problems.wrong(task, "expected Actions with an action in Task");
        return None;
    };
    let mut lines = vec![];
    for action in actions {
        lines.extend(line(action, problems));
    }
    Some(one_line(&lines.join("; ")))
}

/// The command line of an action. Others than `Exec` run none (COM, mail, a message), and are told by their name.
fn line(action: &Element, problems: &mut Problems) -> Option<String> {
    if action.name != "Exec" {
        return Some(told(&action.name));
    }
    let program = action.child("Command").map(|command| &command.text);
    let Some(program) = program.filter(|program| !program.is_empty()) else {
        problems.wrong(action, "expected Command in Exec");
        return None;
    };
    let arguments = action.child("Arguments").map(|arguments| &arguments.text);
    let arguments = arguments.filter(|arguments| !arguments.is_empty());
    let arguments = arguments.map_or_else(String::new, |arguments| format!(" {arguments}"));
    Some(format!("{}{arguments}", quoted(program)))
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// A program with blanks in its path is one word.
fn quoted(program: &str) -> String {
    if program.contains(char::is_whitespace) && !program.starts_with('"') {
        format!("\"{program}\"")
    } else {
        program.to_owned()
    }
}

/// The zone that all of them name.
fn zone(triggers: &[Trigger]) -> Option<TimeZone> {
    let mut zones = triggers.iter().map(Trigger::zone);
    let first = zones.next().flatten();
    first
        .filter(|first| zones.all(|other| other == Some(first)))
        .cloned()
}

const SWITCHED_OFF: &str = "what is switched off (Enabled is false, ";
const NO_TRIGGER: &str = "tasks without a trigger, which start on demand alone (";

/// What is not in the scenario, each with the lines where it is.
#[derive(Default)]
struct LeftOut(BTreeMap<String, Vec<usize>>);

impl LeftOut {
    fn add(&mut self, what: &str, element: &Element) {
        let lines = self.0.entry(what.to_owned()).or_default();
        lines.push(element.line);
    }

    fn event(&mut self, trigger: &Element) {
        let name = told(&trigger.name);
        self.add(
            &format!("{name}, which starts a task at no time of a calendar ("),
            trigger,
        );
    }

    fn notes(self, file: &Source) -> Vec<String> {
        let note = |(what, lines): (String, Vec<usize>)| {
            let named: Vec<String> = lines.iter().take(NAMED).map(ToString::to_string).collect();
            let named = named.join(", ");
            let more = match lines.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let word = if lines.len() == 1 { "line" } else { "lines" };
            format!("{file}: not in the scenario: {what}{word} {named}{more})")
        };
        self.0.into_iter().map(note).collect()
    }
}

#[cfg(test)]
mod tests;
