//! Grades any command as a client of IMDS: does it come through what a metadata service does now and then,
//! and does it behave while it waits?
//!
//! [`cases`](case) are played one after the other, each against a VM of its own ([`play`]), with the
//! command as its user would run it ([`process`]). What was [`seen`] is graded by [`rule`]s, which are pure:
//! they are given exits and requests, and answer with a grade and the figures it rests on.

pub(crate) mod case;
pub(crate) mod command;
pub(crate) mod environment;
pub(crate) mod output;
pub(crate) mod process;
pub(crate) mod render;
pub(crate) mod report;
pub(crate) mod rule;
pub(crate) mod runner;
pub(crate) mod seen;
pub(crate) mod vms;
