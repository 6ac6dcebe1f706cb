//! A time of day, to the millisecond.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A time of day, as `02:00`, `02:00:04` or `02:00:04.250`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub(crate) struct TimeOfDay {
    /// Milliseconds since midnight, fewer than a day has.
    ms: u64,
}

impl TimeOfDay {
    /// So much later: the time of day, and how many days later it is.
    pub(crate) fn plus(self, ms: u64) -> (Self, u64) {
        let ms = self.ms.saturating_add(ms);
        (Self { ms: ms % DAY_MS }, ms / DAY_MS)
    }

    /// So much earlier: the time of day, and how many days earlier it is.
    pub(crate) fn minus(self, ms: u64) -> (Self, u64) {
        let days = ms.saturating_sub(self.ms).div_ceil(DAY_MS);
        let ms = (self.ms + days * DAY_MS).saturating_sub(ms);
        (Self { ms }, days)
    }

    pub(crate) fn hour(self) -> u64 {
        self.ms / 3_600_000
    }

    pub(crate) fn minute(self) -> u64 {
        self.ms / 60_000 % 60
    }

    pub(crate) fn second(self) -> u64 {
        self.ms / 1000 % 60
    }

    /// Of its second.
    pub(crate) fn millisecond(self) -> u64 {
        self.ms % 1000
    }

    /// Since its minute began.
    pub(crate) fn into_minute(self) -> Duration {
        Duration::from_millis(self.ms % 60_000)
    }
}

impl FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text).ok_or_else(|| {
            "expected a time of day such as \"02:00\", \"02:00:04\" or \"02:00:04.250\"".to_owned()
        })
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// With as many digits behind the second as it needs.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = (self.hour(), self.minute(), self.second());
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        match self.millisecond() {
            0 => Ok(()),
            ms => write!(f, ".{ms:03}"),
        }
    }
}

fn read(text: &str) -> Option<TimeOfDay> {
    let mut parts = text.split(':');
    let hour = number(parts.next()?, 2, 23)?;
    let minute = number(parts.next()?, 2, 59)?;
    let (second, ms) = match parts.next() {
        None => (0, 0),
        Some(seconds) => match seconds.split_once('.') {
            None => (number(seconds, 2, 59)?, 0),
            Some((second, ms)) => (number(second, 2, 59)?, number(ms, 3, 999)?),
        },
    };
    let ms = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    parts.next().is_none().then_some(TimeOfDay { ms })
}

/// Of so many digits.
fn number(text: &str, digits: usize, most: u64) -> Option<u64> {
    let digits = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = text.parse().ok()?;
    (digits && number <= most).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> TimeOfDay {
        text.parse().expect("a time of day")
    }

    #[test]
    fn times_of_day_are_read_and_written() {
        for text in ["00:00:00", "02:00:04", "23:59:59.999", "02:00:04.050"] {
            assert_eq!(time(text).to_string(), text);
        }
        assert_eq!(time("02:00"), time("02:00:00"));
    }

    #[test]
    fn what_is_no_time_of_day_is_refused() {
        let wrong = [
            "",
            "2",
            "2:00",
            "24:00",
            "02:60",
            "02:00:60",
            "02:00:4",
            "02:00:04.5",
            "02:00:00:00",
            "+2:00",
            "02:00:04.",
        ];
        for text in wrong {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
    }

    #[test]
    fn midnight_is_passed_in_both_directions() {
        assert_eq!(time("23:59:59").plus(2500), (time("00:00:01.500"), 1));
        assert_eq!(time("02:00").plus(2 * DAY_MS), (time("02:00"), 2));
        assert_eq!(time("00:01").minus(120_000), (time("23:59"), 1));
        assert_eq!(time("00:01").minus(60_000), (time("00:00"), 0));
        assert_eq!(time("02:00").minus(60_000), (time("01:59"), 0));
    }
}
