//! Schedules that are there already, read as jobs and their starts: pure code, without files or clock.
//!
//! A reader for each format makes [`Job`]s of its text and tells each mistake with its place. A job's [`Timing`] says when it
//! starts within a [`Window`].

pub(crate) mod client;
pub(crate) mod crontab;
mod job;
mod local;
mod once;
mod place;
pub(crate) mod systemd;
pub(crate) mod table;
pub(crate) mod taskscheduler;
pub(crate) mod window;
pub(crate) mod written;
mod zone;

pub(crate) use self::job::{Job, Jobs, Timing};
pub(crate) use self::place::{Mistake, Place, Source, source};
pub(crate) use self::window::Window;
pub(crate) use self::zone::zone;
