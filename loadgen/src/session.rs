//! A session at work: which step comes next, and what it needs to know before. It asks its driver; it does
//! no I/O and reads no clock.

pub mod course;
mod cursor;
