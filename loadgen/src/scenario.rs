//! A scenario as it is written: its groups of sessions, what each of them does, when they start, and what
//! is expected of the result. Nothing here plays it.

pub mod arrival;
pub mod context;
pub mod expectation;
pub mod files;
mod herd;
pub mod library;
pub mod policies;
mod read;
pub mod script;
pub mod startup;
pub mod story;
