//! The arguments of what reads scenarios.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `scenario`
#[derive(Debug, Args)]
pub struct OfScenario {
    /// What to do with it.
    #[command(subcommand)]
    pub act: Act,
}

/// What to do with a scenario.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// Read scenarios and tell all their mistakes, each with its line; play nothing.
    Check {
        /// TOML files, or names of the library.
        #[arg(required = true)]
        scenarios: Vec<PathBuf>,
    },
}

/// `scenarios`
#[derive(Debug, Args)]
pub struct Library {
    /// Print this one, to make another of it.
    pub name: Option<String>,
}
