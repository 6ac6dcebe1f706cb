//! The command as a user runs it: output, files, exit codes.

mod article;
mod check;
#[cfg(target_os = "linux")]
mod check_killed;
#[cfg(target_os = "linux")]
mod check_output;
#[cfg(target_os = "linux")]
mod connections;
mod demo;
mod entrance;
#[cfg(unix)]
mod evil_text;
mod failures;
mod fleet;
mod herd;
mod import;
mod imported_back;
mod job;
mod library;
mod merged;
mod program;
mod reports;
mod runs;
mod schemas;
mod shards;
mod shown;
mod summaries;
mod ui;
mod unmeasured;
