//! Plays concurrent sessions against IMDS and judges them.
//!
//! An engine runs a scenario: live (real time, sockets, the real client) or simulated (virtual time).
//! Both count in one record, which becomes one result, held against its expectations and rendered as
//! reports.
//!
//! The wings of the crate are `scenario < session < record < engine < result < report < command < cli`: each
//! imports from itself and from those before it.

mod cli;
mod command;
mod engine;
mod record;
mod report;
mod result;
mod scenario;
mod session;

pub use cli::run;
pub use report::console::Console;
