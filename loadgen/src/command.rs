//! The commands that are more than one run.

pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod herd;
pub(crate) mod import;
pub(crate) mod plan;
pub(crate) mod remedies;
pub(crate) mod ui;
