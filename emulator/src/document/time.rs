//! Lengths of time as people write them.

use std::fmt;
use std::time::Duration;

use jiff::fmt::friendly::{SpanParser, SpanPrinter};
use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A length of time written as `"120ms"`, `"1.5s"` or `"1m 10s"`; never negative. In a document it is at most 100 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FriendlyDuration(pub Duration);

/// The longest that is read from a document, 100 years: sums of a few still are fewer than 2^64 nanoseconds (584 years),
/// which is what virtual time counts.
const LONGEST: Duration = Duration::from_hours(876_600);

impl FriendlyDuration {
    /// The length of time that `text` says, if it says one, of at most a hundred years.
    #[must_use]
    pub fn parse(text: &str) -> Option<FriendlyDuration> {
        FriendlyDuration::written(text).filter(|length| length.0 <= LONGEST)
    }

    fn written(text: &str) -> Option<FriendlyDuration> {
        let length = SpanParser::new().parse_unsigned_duration(text);
        length.map(FriendlyDuration).ok()
    }
}

/// As it is read.
impl fmt::Display for FriendlyDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&SpanPrinter::new().unsigned_duration_to_string(&self.0))
    }
}

/// Writes a length of time in the way it is read; for `#[serde(serialize_with)]`.
pub(crate) fn friendly<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&FriendlyDuration(*time))
}

/// The same for one that may be left out.
#[expect(clippy::ref_option, reason = "serde hands fields over like this")]
pub(crate) fn friendly_if_any<S: Serializer>(
    time: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => friendly(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// Writes a length of time as a number of milliseconds, for programs.
pub(crate) fn milliseconds<S: Serializer>(
    time: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64() * 1e3)
}

/// The same for one that may be unknown.
#[expect(clippy::ref_option, reason = "serde hands fields over like this")]
pub(crate) fn milliseconds_if_any<S: Serializer>(
    time: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => milliseconds(time, serializer),
        None => serializer.serialize_none(),
    }
}

impl<'de> Deserialize<'de> for FriendlyDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = FriendlyDuration;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a length of time such as \"120ms\", \"1.5s\" or \"1m 10s\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<FriendlyDuration, E> {
        let invalid = |expected| E::invalid_value(Unexpected::Str(text), expected);
        let length = FriendlyDuration::written(text).ok_or_else(|| invalid(&self))?;
        if length.0 > LONGEST {
            return Err(invalid(&"a length of time of at most 100 years (876600h)"));
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    fn parse(text: &str) -> Result<Duration, Error> {
        let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
        FriendlyDuration::deserialize(deserializer).map(|friendly| friendly.0)
    }

    #[test]
    fn reads_what_people_write() {
        assert_eq!(parse("120ms"), Ok(Duration::from_millis(120)));
        assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("1m 10s"), Ok(Duration::from_secs(70)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn refuses_what_no_clock_of_nanoseconds_counts() {
        assert_eq!(parse("876600h"), Ok(LONGEST));
        for text in ["876601h", "5500000h", "18446744073709551615s"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("at most 100 years"), "{text}: {error}");
            assert_eq!(FriendlyDuration::parse(text), None);
        }
    }

    #[test]
    fn refuses_bare_and_negative_numbers() {
        for text in ["", "5", "-5s", "5 parsecs"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("expected a length of time"), "{error}");
        }
    }
}
