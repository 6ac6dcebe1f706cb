//! `imds-loadgen remedies`: every remedy for one scenario.

use super::failure::Failure;
use super::plan::failed;
use super::plan::folder::make;
use crate::command::remedies::arguments::{RemediesArguments, RemediesFormat};
use crate::report;
use crate::report::console::Console;
use crate::report::files::write_all;
use crate::result::remedies::Remedies;
use crate::result::verdict::Verdict;
use crate::scenario::shell::quoted;

/// The remedies for a scenario of the library, as this command has them without options.
///
/// # Errors
/// If they cannot be played.
pub(super) fn of_library(name: &str, console: &Console) -> Result<Remedies, Failure> {
    RemediesArguments::usual(name.into(), None, false, true).remedies(console)
}

pub(super) fn run(asked: &RemediesArguments, console: &mut Console) -> Result<Verdict, Failure> {
    if let Some(folder) = &asked.out {
        make(folder)?;
    }
    let remedies = asked.remedies(console)?;
    let printed = console.print(&rendered(&remedies, asked.format));
    publish(&remedies, asked)?;
    printed.map_err(Failure::not_printed)?;
    Ok(Verdict::Passed)
}

impl RemediesArguments {
    fn remedies(&self, console: &Console) -> Result<Remedies, Failure> {
        let mut remedies = self.answer(console).map_err(failed)?;
        remedies.replay = replay(self, remedies.seed);
        Ok(remedies)
    }
}

fn rendered(remedies: &Remedies, format: RemediesFormat) -> String {
    match format {
        RemediesFormat::Text => report::remedies::text(remedies),
        RemediesFormat::Markdown => report::remedies::markdown(remedies),
        RemediesFormat::Json => report::json(remedies),
        RemediesFormat::Html => report::html::remedies::of_remedies(remedies),
    }
}

fn publish(remedies: &Remedies, asked: &RemediesArguments) -> Result<(), Failure> {
    let Some(folder) = &asked.out else {
        return Ok(());
    };
    let files = [
        ("remedies.json", RemediesFormat::Json),
        ("report.txt", RemediesFormat::Text),
        ("summary.md", RemediesFormat::Markdown),
        ("report.html", RemediesFormat::Html),
    ];
    let files = files.map(|(name, format)| (name, rendered(remedies, format)));
    write_all(folder, &files).map_err(Failure::could_not_run)
}

/// The command that makes the same again.
fn replay(asked: &RemediesArguments, seed: u64) -> String {
    let scenario = quoted(&asked.scenario.display().to_string());
    let mut words = vec![format!("imds-loadgen remedies {scenario} --seed {seed}")];
    words.push(format!("--runs {} --share {}", asked.runs, asked.share));
    let client = asked.client.iter().map(|name| ("--client", name.as_str()));
    let set = asked.set.iter().map(|setting| ("--set", setting.text()));
    let vary = asked
        .vary
        .iter()
        .map(|narrowed| ("--vary", narrowed.text()));
    let all = client.chain(set).chain(vary);
    words.extend(all.map(|(flag, value)| format!("{flag} {}", quoted(value))));
    if asked.no_vary {
        words.push("--no-vary".to_owned());
    }
    words.join(" ")
}
