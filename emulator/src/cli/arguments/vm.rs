//! What the VM is like, for every command that serves one.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use imds_emulator::Config;
use imds_emulator::fault::Preset;

/// What the VM is like.
#[derive(Debug, Args)]
pub(crate) struct Vm {
    /// A configuration file, or `-` for standard input; see `config default`.
    #[arg(long, value_name = "FILE", env = "IMDS_EMULATOR_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// A named set of limits, for every VM. [default: azure]
    #[arg(long, value_parser = profiles(), env = "IMDS_EMULATOR_PROFILE")]
    pub(crate) profile: Option<String>,

    /// A named fault from the start on, besides those of the file: update (410 for 70 s), restart
    /// (404) or outage (500 and 503). May be given more than once, or with commas.
    #[arg(long = "fault", value_name = "FAULT", value_delimiter = ',')]
    #[arg(value_parser = faults(), env = "IMDS_EMULATOR_FAULT")]
    pub(crate) faults: Vec<String>,

    /// Draws service times and request ids. [default: 1]
    #[arg(long, env = "IMDS_EMULATOR_SEED")]
    pub(crate) seed: Option<u64>,
}

fn profiles() -> PossibleValuesParser {
    PossibleValuesParser::new(Config::profiles())
}

fn faults() -> PossibleValuesParser {
    PossibleValuesParser::new(Preset::ALL.map(|(name, _)| name))
}
