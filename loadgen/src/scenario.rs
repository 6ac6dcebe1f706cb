//! A scenario as it is written: its groups of sessions, what each of them does, when they start, and what
//! is expected of the result. Nothing here runs it.

pub(crate) mod arrival;
pub(crate) mod context;
pub(crate) mod definition;
pub(crate) mod expectation;
pub(crate) mod files;
pub(crate) mod fleet;
mod herd;
pub(crate) mod import;
pub(crate) mod library;
pub(crate) mod listed;
pub(crate) mod overlay;
pub(crate) mod policies;
pub(crate) mod processor;
mod read;
pub(crate) mod script;
pub(crate) mod shell;
pub(crate) mod sketch;
pub(crate) mod startup;
pub(crate) mod through;
pub(crate) mod vms;
