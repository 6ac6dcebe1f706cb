//! One line of a crontab.

use super::cron::Cron;
use super::field::KINDS;
use super::sleep::{LONGEST, is_of_shell, slept};
use crate::scenario::import::{Job, Mistake, Place, Timing};

/// What a line is.
pub(super) enum Line<'t> {
    /// Empty, or a comment.
    Nothing,
    /// A variable, whose value begins at this column.
    Setting {
        name: &'t str,
        value: &'t str,
        column: usize,
    },
    Job {
        job: Box<Job>,
        /// Whether it sleeps for a time that is random in some shells alone.
        random: bool,
    },
}

/// What a line is read as.
#[derive(Clone, Copy)]
pub(super) struct Of {
    /// Its sixth column is the user.
    pub(super) users: bool,
    /// Its shell has `RANDOM`.
    pub(super) has_random: bool,
}

/// The times that have a name, as the five fields that they are.
const NAMED: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// Words of a line, each with the byte at which it begins.
struct Words<'t> {
    line: &'t str,
    at: usize,
}

impl<'t> Words<'t> {
    /// The next word; empty at the end.
    fn next(&mut self) -> (usize, &'t str) {
        self.skip_blanks();
        let rest = &self.line[self.at..];
        let word = &rest[..rest.find([' ', '\t']).unwrap_or(rest.len())];
        let at = self.at;
        self.at += word.len();
        (at, word)
    }

    fn rest(&mut self) -> (usize, &'t str) {
        self.skip_blanks();
        (self.at, self.line[self.at..].trim_end())
    }

    fn skip_blanks(&mut self) {
        let rest = &self.line[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }
}

/// Reads a line; `place` makes the place of a column.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn line(
    text: &str,
    of: Of,
    place: impl Fn(usize) -> Place,
) -> Result<Line<'_>, Vec<Mistake>> {
    let trimmed = text.trim_start_matches([' ', '\t']);
    if trimmed.trim_end().is_empty() || trimmed.starts_with('#') {
        return Ok(Line::Nothing);
    }
    if let Some(setting) = setting(text) {
        return Ok(setting);
    }
    let mistake =
        |byte: usize, expected: String| place(text[..byte].chars().count() + 1).mistake(expected);
    let (mut words, mut mistakes) = (Words { line: text, at: 0 }, vec![]);
    let timing = match times(&mut words) {
        Ok(timing) => Some(timing),
        Err(told) => {
            mistakes.extend(told.into_iter().map(|(byte, told)| mistake(byte, told)));
            None
        }
    };
    if of.users {
        words.next();
    }
    let (at, command) = words.rest();
    let command = without_input(command);
    if let Some(expected) = problem(&command, of).filter(|_| mistakes.is_empty()) {
        mistakes.push(mistake(at, expected));
    }
    match timing {
        Some(timing) if mistakes.is_empty() => Ok(Line::Job {
            random: is_of_shell(&command),
            job: Box::new(job(place(1), timing, &command, of)),
        }),
        _ => Err(mistakes),
    }
}

/// What was expected instead of a command, if it is none, or sleeps for too long.
fn problem(command: &str, of: Of) -> Option<String> {
    if command.is_empty() {
        let user = if of.users { "a user and " } else { "" };
        return Some(format!("expected {user}a command after the time"));
    }
    let slept = slept(command, of.has_random);
    let too_long = slept.sleep.saturating_add(slept.delay) > LONGEST;
    too_long.then(|| "expected a sleep of a day at most before the command".to_owned())
}

/// A sleep at the beginning of a command is part of its time.
fn job(place: Place, timing: Timing, command: &str, of: Of) -> Job {
    let slept = slept(command, of.has_random);
    let mut job = Job::new(place, slept.command.to_owned(), timing);
    (job.sleep, job.delay) = (slept.sleep, slept.delay);
    job
}

/// `NAME = value`, either in quotes if need be (crontab(5)).
fn setting(text: &str) -> Option<Line<'_>> {
    let (name, value) = text.split_once('=')?;
    let bare = unquoted(name.trim());
    let spaced = name.trim() == bare && bare.contains([' ', '\t']);
    let letter = bare.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let start = text.len() - value.trim_start().len();
    let column = text[..start].chars().count() + 1;
    (letter && !spaced).then(|| Line::Setting {
        name: bare,
        value: unquoted(value.trim()),
        column,
    })
}

fn unquoted(text: &str) -> &str {
    let within = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(text)
}

/// A name such as `@hourly`, or five fields.
fn times(words: &mut Words) -> Result<Timing, Vec<(usize, String)>> {
    let (at, first) = words.next();
    if !first.starts_with('@') {
        words.at = at;
        return fields(words).map(Timing::Cron);
    }
    if first.eq_ignore_ascii_case("@reboot") {
        return Ok(Timing::Never(
            "it starts when the machine does, at no time of a calendar",
        ));
    }
    if let Some(line) = named(first) {
        return fields(&mut Words { line, at: 0 }).map(Timing::Cron);
    }
    let all: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
    let expected = format!("expected one of {}, found \"{first}\"", all.join(", "));
    Err(vec![(at, expected)])
}

/// What a name of times stands for.
fn named(word: &str) -> Option<&'static str> {
    let named = NAMED
        .iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name));
    named.map(|(_, line)| *line)
}

fn fields(words: &mut Words) -> Result<Cron, Vec<(usize, String)>> {
    let (mut fields, mut mistakes) = (vec![], vec![]);
    for kind in KINDS {
        let (at, word) = words.next();
        if word.is_empty() {
            mistakes.push((
                at,
                format!("expected a {}, found the end of the line", kind.name),
            ));
            break;
        }
        match kind.read(word) {
            Ok(field) => fields.push(field),
            Err((more, expected)) => mistakes.push((at + more, expected)),
        }
    }
    fields.try_into().map(Cron::new).map_err(|_| mistakes)
}

/// What a shell is given: the rest behind a `%` is the command's standard input, unless a backslash stands before it, which no
/// other one escapes (Vixie cron's `do_command.c`).
fn without_input(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut characters = command.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('%') => out.push('%'),
                next => out.extend(std::iter::once('\\').chain(next)),
            },
            '%' => break,
            plain => out.push(plain),
        }
    }
    out
}
