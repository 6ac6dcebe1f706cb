//! A herd of real processes in the place of a scenario's sessions: started at the scenario's times, each with
//! ports of its own, so that every request names its process.
//!
//! What they do is [`seen`] by the emulator alone; it is [`recorded`] as a run's sessions are, so that reports,
//! comparisons and expectations are the same. [`beside`] it stands what the simulation says of the same herd.

pub(crate) mod beside;
pub(crate) mod plan;
pub(crate) mod recorded;
pub(crate) mod result;
pub(crate) mod runner;
pub(crate) mod seen;
