//! A time that is written out, or one of each day.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;

use super::local::Local;
use super::window::Window;

/// When a row's job starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    /// Then.
    At(Timestamp),
    /// When a clock shows that.
    Local(DateTime),
    /// Each day when a clock shows that.
    Daily(Time),
}

impl Once {
    /// Times that a clock skips are an hour later, as far as it was put forward; of those that it shows twice the first is
    /// meant (both assumed).
    pub(crate) fn starts(self, zone: &TimeZone, window: &Window) -> Vec<Timestamp> {
        let times: Vec<DateTime> = match self {
            Self::At(time) => {
                return Some(time)
                    .filter(|time| window.has(*time))
                    .into_iter()
                    .collect();
            }
            Self::Local(time) => vec![time],
            Self::Daily(time) => window
                .dates(zone)
                .map(|date| date.to_datetime(time))
                .collect(),
        };
        let starts = times.into_iter();
        let starts = starts.filter_map(|time| Local::start(zone, time));
        starts.filter(|start| window.has(*start)).collect()
    }
}

impl FromStr for Once {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stamp = text.parse().ok().map(Self::At);
        // The parsers of times without a zone take one, and forget it.
        let local = || {
            let time = text
                .split_once(['T', 't', ' '])
                .map_or("", |(_, time)| time);
            text.parse()
                .ok()
                .filter(|_| is_of_clock(time))
                .map(Self::Local)
        };
        let daily = || {
            let plain = is_of_clock(text) && text.contains(':');
            text.parse().ok().filter(|_| plain).map(Self::Daily)
        };
        stamp.or_else(local).or_else(daily).ok_or(
            "expected a time such as 02:00 (each day), 2026-11-30T02:00 or 2026-11-30T02:00:00Z",
        )
    }
}

/// Whether a time says nothing of a zone.
fn is_of_clock(time: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b':' || byte == b'.';
    time.bytes().all(plain)
}
