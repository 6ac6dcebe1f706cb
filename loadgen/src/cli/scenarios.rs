//! `imds-loadgen scenarios`: the library of scenarios.

use clap::Args;

use super::failure::Failure;
use crate::report::console::Console;
use crate::result::verdict::Verdict;
use crate::scenario::library;

/// `scenarios`
#[derive(Debug, Args)]
pub(super) struct Library {
    /// Print this one, to make another of it.
    pub name: Option<String>,
}

impl Library {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let text = match &self.name {
            Some(name) => {
                let entry = library::find(name).map(|entry| entry.text.to_owned());
                let expected = || Failure::expected(&format!("one of {}", library::names()));
                entry.ok_or_else(expected)?
            }
            None => library::list(),
        };
        console.print(&text).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}
