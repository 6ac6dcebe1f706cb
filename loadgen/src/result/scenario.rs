//! Scenarios are read here, since the paths of their expectations are those of results.

use imds_emulator::document::Problems;

use super::paths;
use super::run::RunResult;
use crate::scenario::definition::Scenario;
use crate::scenario::overlay::Setting;

/// Reads a scenario from the text of the file called `name`. The path of each expectation is looked up in
/// the result of a run in which nothing happened, so that a misspelt one is found before the run and not
/// after it.
///
/// # Errors
/// All problems of the text at once, each with its line and what was expected there.
pub(crate) fn from_toml(name: &str, text: &str) -> Result<Scenario, Problems> {
    Scenario::from_toml(name, text, |scenario| {
        let nothing = RunResult::empty(scenario);
        move |path: &str| paths::check(&nothing, path)
    })
}

/// The same with settings laid over its `[imds]`; the text alone has been read before and is right.
///
/// # Errors
/// What was expected instead of the settings.
pub(crate) fn with_settings(
    name: &str,
    text: &str,
    settings: &[Setting],
) -> Result<Scenario, String> {
    let laid_over = Setting::lay_over(settings, text).map_err(|error| error.to_string())?;
    from_toml(name, &laid_over).map_err(|problems| {
        let told = problems
            .iter()
            .map(|problem| format!("{}: {} (--set)", problem.path, problem.message));
        format!("other settings:\n{}", told.collect::<Vec<_>>().join("\n"))
    })
}

#[cfg(test)]
mod tests;
