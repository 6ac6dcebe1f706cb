//! A session at work: which step comes next, and what it needs to know before. It asks its driver; it does
//! no I/O and reads no clock.

pub(crate) mod chances;
mod commands;
pub(crate) mod course;
mod cursor;
pub(crate) mod fact;
pub(crate) mod lock;
mod manage;
pub(crate) mod outcome;
mod performance;
pub(crate) mod process;
mod profile;
pub(crate) mod question;
mod standing;
pub(crate) mod tokens;
