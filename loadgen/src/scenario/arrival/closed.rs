//! Closed arrivals: as many sessions at once as there are users, as k6's `constant-vus` and
//! `shared-iterations` have it.
//!
//! A user begins a session when the one before has ended. So a VM that is slow is asked less often, and
//! what its users would have had to wait for in a queue is never seen ("coordinated omission"). Jobs
//! that a scheduler starts do not wait for each other; for them take an open arrival.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use serde::Deserialize;

use super::numbers::whole;

/// `closed = { users = 5, iterations = 100 }` or `closed = { users = 5, duration = "30s", pause = "1s" }`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closed {
    /// When the first user begins, since the run's start.
    #[serde(default)]
    pub at: FriendlyDuration,
    /// How many there are, at least one.
    pub users: u32,
    /// How many sessions they have in all; the first user that is free takes the next.
    pub iterations: Option<u32>,
    /// For how long they begin sessions. Those that have begun are finished.
    pub duration: Option<FriendlyDuration>,
    /// The first sessions of the users are spread evenly over this.
    #[serde(default)]
    pub ramp_up: FriendlyDuration,
    /// From the end of a session to its user's next one.
    #[serde(default)]
    pub pause: FriendlyDuration,
}

impl Closed {
    /// When the users begin: their first sessions.
    pub(super) fn starts(&self) -> Vec<Duration> {
        let users = self.users.min(self.most());
        let waits = |user| self.ramp_up.0.mul_f64(f64::from(user) / f64::from(users));
        let start = |user| self.at.0.saturating_add(waits(user));
        (0..users).map(start).collect()
    }

    /// How many sessions there can be.
    #[must_use]
    pub(crate) fn most(&self) -> u32 {
        self.iterations.unwrap_or_else(|| self.most_in_time())
    }

    /// When the next session starts if one ended then and so many have been begun; none: no more do.
    #[must_use]
    pub(crate) fn after(&self, ended: Duration, begun: u32) -> Option<Duration> {
        let start = ended.saturating_add(self.pause.0);
        let in_time = self.until().is_none_or(|until| start < until);
        (in_time && begun < self.most()).then_some(start)
    }

    /// When no more sessions begin, if it is time that says so.
    pub(crate) fn until(&self) -> Option<Duration> {
        let duration = self.duration?.0;
        Some(self.at.0.saturating_add(duration))
    }

    /// A session takes no time if it fails at once, and then only the pause is between two of a user.
    fn most_in_time(&self) -> u32 {
        let duration_s = self.duration.unwrap_or_default().0.as_secs_f64();
        let of_each = (duration_s / self.pause.0.as_secs_f64()).ceil();
        whole(of_each * f64::from(self.users))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        match (self.iterations, self.duration) {
            _ if self.users == 0 => Some("1 user or more"),
            (None, None) | (Some(_), Some(_)) => Some("either iterations or a duration"),
            (Some(iterations), None) if iterations < self.users => {
                Some("an iteration for each user at least")
            }
            (None, Some(_)) if self.pause.0.is_zero() => Some(
                "a pause beside a duration, since sessions that fail at once would have no end",
            ),
            (None, Some(duration)) if duration.0.is_zero() || duration < self.ramp_up => {
                Some("a duration longer than zero, and not shorter than ramp_up")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(text: &str) -> Closed {
        toml::from_str(text).expect("a closed arrival")
    }

    #[test]
    fn users_begin_evenly_over_the_ramp() {
        let closed = closed("at = '1s'\nusers = 4\niterations = 9\nramp_up = '2s'");
        let starts = closed.starts();
        assert_eq!(starts, [1000, 1500, 2000, 2500].map(Duration::from_millis));
    }

    #[test]
    fn the_next_session_comes_a_pause_after_the_end_until_all_are_begun() {
        let closed = closed("users = 2\niterations = 3\npause = '1s'");
        let end = Duration::from_secs(7);
        assert_eq!(closed.after(end, 2), Some(Duration::from_secs(8)));
        assert_eq!(closed.after(end, 3), None);
    }

    #[test]
    fn none_begins_when_the_time_is_over() {
        let closed = closed("at = '1s'\nusers = 2\nduration = '10s'\npause = '1s'");
        assert!(closed.after(Duration::from_millis(9999), 2).is_some());
        assert_eq!(closed.after(Duration::from_secs(10), 2), None);
        assert_eq!(closed.most(), 20);
    }

    #[test]
    fn what_has_no_end_or_two_is_refused() {
        for wrong in [
            "users = 0\niterations = 1",
            "users = 1",
            "users = 1\niterations = 1\nduration = '1s'",
            "users = 2\niterations = 1",
            "users = 2\nduration = '9s'",
            "users = 2\nduration = '0s'\npause = '1s'",
            "users = 2\nduration = '1s'\npause = '1s'\nramp_up = '2s'",
        ] {
            assert!(closed(wrong).problem().is_some(), "{wrong}");
        }
    }
}
