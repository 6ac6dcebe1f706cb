//! TOML read so that every problem of a file is reported at once.
//!
//! Serde stops at the first error. A user who corrects a configuration needs the whole list, each entry
//! with its place and with what was expected there. So a file is read one table at a time through a
//! [`Section`]: each missing or wrong value is noted and the reading goes on, and a key that was not read
//! is noted at the end of its table.
//!
//! Files that embed an emulator's configuration (scenarios) are read with the same code.
//!
//! ```
//! use imds_emulator::document;
//!
//! let text = "name = 3\ncuont = 4\n";
//! let problems = document::read("jobs.toml", text, |section| {
//!     let name = section.required::<String>("name");
//!     let count = section.optional::<u32>("count");
//!     Some((name?, count))
//! })
//! .unwrap_err();
//! assert_eq!(
//!     problems.to_string(),
//!     "jobs.toml:1:8: name: invalid type: integer `3`, expected a string\n\
//!      jobs.toml:2:1: cuont: unknown key, did you mean `count`? Expected one of `count`, `name`"
//! );
//! ```

mod integers;
pub mod nearest;
mod problem;
mod section;
mod time;
pub mod visible;
mod wording;

use std::rc::Rc;

use toml::de::DeTable;

pub use problem::{Problem, Problems};
pub use section::{Placed, Section};
pub use time::FriendlyDuration;

pub(crate) use time::{friendly, friendly_if_any, milliseconds, milliseconds_if_any};

use problem::Log;

/// Reads a TOML document: `name` is what problems call it (its path, as a rule), `text` its content.
///
/// `read` takes the keys of the root table. It must take every key before it returns because of a missing
/// one, since keys that were not taken are reported as unknown.
///
/// # Errors
/// All problems: of syntax, integers of more than 64 bits among them, alone when there are any, else whatever `read` met or refused.
///
/// # Panics
/// When `read` returns `None` although it reported no problem, which is a mistake of the caller.
pub fn read<T>(
    name: &str,
    text: &str,
    read: impl FnOnce(&mut Section) -> Option<T>,
) -> Result<T, Problems> {
    let log = Rc::new(Log::new(name, text));
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        log.note(error.span().unwrap_or_default(), "", error.message());
    }
    integers::note_too_large(table.get_ref(), "", &log);
    if log.is_empty() {
        let mut root = Section::root(table.into_inner(), Rc::clone(&log));
        let value = read(&mut root);
        drop(root);
        finish(value, &log)
    } else {
        Err(log.problems())
    }
}

fn finish<T>(value: Option<T>, log: &Log) -> Result<T, Problems> {
    let problems = log.problems();
    if problems.is_empty() {
        Ok(value.expect("a reader that gives up has reported why"))
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests;
