//! When an answer asks for the next attempt, in the three forms that Azure's clients read. Of the forms
//! of a date, only the one that RFC 9110 requires of senders is read, not its two obsolete ones.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::outcome::RetryAfter;

/// Reads every form in an answer's headers, which are looked up by their names in lower case. A value
/// that cannot be read counts as absent.
pub(super) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> RetryAfter {
    let value = header("retry-after").map(str::trim);
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .find_map(|name| header(name)?.trim().parse().ok());
    RetryAfter {
        seconds: value
            .and_then(|value| value.parse().ok())
            .map(Duration::from_secs),
        date: value.and_then(|value| until(value, header("date")?)),
        milliseconds: milliseconds.map(Duration::from_millis),
    }
}

/// The time from the answer's own date to the date in its header, so that no clock is read.
fn until(named: &str, answered: &str) -> Option<Duration> {
    let wait = date(named)?.duration_since(date(answered)?);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 13:00:00 GMT");

    fn asked(headers: &[(&str, &str)]) -> RetryAfter {
        read(|wanted| {
            let mut headers = headers.iter();
            headers
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| *value)
        })
    }

    #[test]
    fn reads_seconds() {
        let expected = RetryAfter {
            seconds: Some(Duration::from_secs(3)),
            ..RetryAfter::default()
        };
        assert_eq!(asked(&[("retry-after", "3"), DATE]), expected);
    }

    #[test]
    fn reads_a_date_against_the_answers_own() {
        let wait = |named| asked(&[DATE, ("retry-after", named)]).date;
        assert_eq!(
            wait("Mon, 23 Nov 2026 13:01:30 GMT"),
            Some(Duration::from_secs(90))
        );
        assert_eq!(wait("Mon, 23 Nov 2026 12:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_counts_as_absent_without_the_answers_own() {
        let asked = asked(&[("retry-after", "Mon, 23 Nov 2026 13:01:30 GMT")]);
        assert_eq!(asked, RetryAfter::default());
    }

    #[test]
    fn reads_milliseconds_from_either_header() {
        for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
            assert_eq!(
                asked(&[(name, "1500")]).milliseconds,
                Some(Duration::from_millis(1500))
            );
        }
    }

    #[test]
    fn what_cannot_be_read_counts_as_absent() {
        for value in ["", "-1", "1.5", "soon"] {
            assert_eq!(
                asked(&[DATE, ("retry-after", value)]),
                RetryAfter::default(),
                "{value:?}"
            );
        }
    }
}
