//! The configuration that a command line names.

use std::path::Path;

use imds_emulator::config::{Refused, refuse};
use imds_emulator::fault::Preset;
use imds_emulator::{Config, Problems};

use crate::cli::arguments::vm::Vm;
use crate::cli::exit::Failure;
use crate::cli::file;

impl Vm {
    /// Flag, environment, file, default: the first that says something wins. The keys that are refused may not
    /// stand in the file.
    pub(crate) fn config(&self, refused: &[Refused]) -> Result<Config, Failure> {
        let profile = self.profile.as_deref();
        let mut config = match (&self.config, profile) {
            (Some(file), profile) => read(file, profile, refused)?,
            (None, Some(profile)) => Config::from_toml_as("--profile", "", profile)?,
            (None, None) => Config::default(),
        };
        if let Some(seed) = self.seed {
            config.override_seed(seed);
        }
        let presets = self.faults.iter().filter_map(|name| Preset::named(name));
        let faults: Vec<_> = presets.flat_map(Preset::faults).collect();
        config.add_faults(&faults);
        Ok(config)
    }
}

/// The configuration of a file; all that is wrong with it at once.
pub(crate) fn read(
    file: &Path,
    profile: Option<&str>,
    refused: &[Refused],
) -> Result<Config, Failure> {
    let name = file::name(file);
    let text = file::read(file)?;
    let config = match profile {
        Some(profile) => Config::from_toml_as(&name, &text, profile),
        None => Config::from_toml(&name, &text),
    };
    let known: Result<(), Problems> = match refused {
        [] => Ok(()),
        _ => refuse(&name, &text, refused),
    };
    match (config, known) {
        (Ok(config), Ok(())) => Ok(config),
        (Err(problems), Err(others)) => Err(problems.and(others).into()),
        (Err(problems), Ok(())) | (Ok(_), Err(problems)) => Err(problems.into()),
    }
}
