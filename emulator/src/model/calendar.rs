//! Times since 1970 as dates, in UTC.

use std::time::Duration;

use jiff::Timestamp;

/// That time; the last there is if it lies beyond.
pub(crate) fn utc(since_1970: Duration) -> Timestamp {
    let time = Timestamp::UNIX_EPOCH.checked_add(since_1970);
    time.unwrap_or(Timestamp::MAX)
}

/// As in `8/21/2018 3:22:00 PM`: month, day and hour without leading zeros.
pub(crate) fn for_people(since_1970: Duration) -> String {
    let time = utc(since_1970);
    time.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beyond_the_calendar_is_its_last_day() {
        assert_eq!(
            utc(Duration::from_millis(1500)).to_string(),
            "1970-01-01T00:00:01.5Z"
        );
        assert_eq!(utc(Duration::MAX), Timestamp::MAX);
    }

    #[test]
    fn the_time_for_people_has_no_leading_zeros_but_in_minutes_and_seconds() {
        let written = |seconds| for_people(Duration::from_secs(seconds));
        assert_eq!(written(1_505_394_245), "9/14/2017 1:04:05 PM");
        assert_eq!(written(0), "1/1/1970 12:00:00 AM");
    }
}
