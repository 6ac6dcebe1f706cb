//! Grades any command as a client of IMDS: does it handle the failures of a metadata service,
//! and does it wait as it should?
//!
//! [`cases`](case) are run one after the other, each against a VM of its own ([`runner`]), with the
//! command as its user would run it ([`process`]). What was [`seen`] is graded by [`rule`]s, which are pure:
//! they take exits and requests, and return a grade and the figures that it rests on.

pub(crate) mod case;
pub(crate) mod command;
pub(crate) mod environment;
pub(crate) mod guard;
pub(crate) mod kept;
pub(crate) mod leading;
pub(crate) mod manager;
pub(crate) mod output;
pub(crate) mod place;
pub(crate) mod process;
pub(crate) mod render;
pub(crate) mod report;
pub(crate) mod rule;
pub(crate) mod runner;
pub(crate) mod seen;
pub(crate) mod settings;
pub(crate) mod vms;
