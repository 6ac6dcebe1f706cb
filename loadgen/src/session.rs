//! A session at work: which step comes next, and what it needs to know before. It asks its driver; it does
//! no I/O and reads no clock.

pub mod chances;
mod commands;
pub mod course;
mod cursor;
pub mod fact;
pub mod lock;
mod manage;
pub mod outcome;
mod performance;
pub mod process;
mod profile;
pub mod question;
mod standing;
pub mod tokens;
