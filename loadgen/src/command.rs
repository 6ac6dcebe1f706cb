//! The commands that are more than one run.

pub mod check;
pub mod demo;
pub mod plan;
