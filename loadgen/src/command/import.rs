//! Schedules that are there already, as a scenario: their jobs, the client of each, and the worst minute.
//!
//! The readers are in `scenario/import`; here files are read, jobs get their clients, and the minutes are simulated.

pub(crate) mod arguments;
mod clients;
mod encoding;
mod failure;
mod imported;
mod minutes;
mod units;

pub(crate) use self::failure::ImportError;
