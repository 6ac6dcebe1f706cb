//! A session at work: which step comes next, and what it needs to know before. It asks its driver; it does
//! no I/O and reads no clock.

pub(crate) mod chances;
mod commands;
mod context_file;
pub(crate) mod course;
mod cursor;
mod execution;
pub(crate) mod fact;
mod listing;
pub(crate) mod lock;
mod manage;
pub(crate) mod outcome;
pub(crate) mod plain;
pub(crate) mod process;
pub(crate) mod question;
mod settings_file;
mod standing;
pub(crate) mod tokens;
