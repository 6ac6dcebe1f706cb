//! What a journal needs to know of the requests that it keeps.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serializer;

use super::outcome::Outcome;

/// A request in a journal.
pub(crate) trait Kept: Clone {
    /// Gives it its number, and the time when it came: since the run's start, and since 1970.
    fn number(&mut self, seq: u64, at: Duration, time: Duration);

    /// Its number.
    fn seq(&self) -> u64;

    /// Its outcome so far.
    fn outcome(&self) -> &Outcome;

    /// What an HTTP archive has of it, beside its outcome.
    fn shown(&self) -> Shown<'_>;
}

/// The request itself.
pub(crate) struct Shown<'a> {
    /// When it came, since the run's start.
    pub(super) at: Duration,
    /// When it came, since 1970.
    pub(super) time: Duration,
    pub(super) connection: u64,
    pub(super) method: &'a str,
    /// Path and query, or a whole URI, as they were sent.
    pub(super) target: Cow<'a, str>,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    pub(super) body: Option<&'a str>,
}

pub(super) fn timestamp<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&wall_clock(*time))
}

/// To the microsecond, in UTC.
pub(super) fn wall_clock(since_1970: Duration) -> Timestamp {
    let micros = i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}
