//! The command line of the program: its arguments, its exit codes, and what its commands do.

pub(crate) mod arguments;
pub(crate) mod child;
pub(crate) mod exec;
pub(crate) mod exit;
pub(crate) mod file;
pub(crate) mod health;
pub(crate) mod log;
pub(crate) mod room;
pub(crate) mod settings;
pub(crate) mod shell;
pub(crate) mod signal;
pub(crate) mod start;
pub(crate) mod variables;
