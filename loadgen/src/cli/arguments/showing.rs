//! The arguments of the demo.

use std::path::PathBuf;

use clap::Args;

/// `demo`
#[derive(Debug, Args)]
pub struct Show {
    /// Play in virtual time, which takes no time, instead of over sockets.
    #[arg(long)]
    pub simulate: bool,
    /// Write the reports into this folder, which must be empty or not there yet; by default into a new
    /// one among the system's temporary files.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}
