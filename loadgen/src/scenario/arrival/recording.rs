//! Recorded times of starts: a column of a CSV file.

use std::str::FromStr;
use std::time::Duration;

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use super::numbers::seconds;

/// The longest recording, unless `max_duration` says when the run ends: what is later was not meant so.
pub(crate) const LONGEST: Duration = Duration::from_hours(366 * 24);

/// The most bad rows that are reported one by one.
const MOST_TOLD: usize = 20;

/// A row, with its line in the file.
struct Row {
    line: u64,
    time: Time,
}

/// A row's time.
#[derive(Clone, Copy)]
enum Time {
    /// In RFC 3339, which counts from the earliest of the recording.
    Stamp(Timestamp),
    /// Seconds since the recording's start.
    Seconds(f64),
}

/// The times in the text of a CSV file, in order, the earliest first. All are in RFC 3339, which count
/// from the earliest, or all are seconds, which count from the start of the recording. They are in the
/// column of that name, or in the first one of a file without a header. Lines that begin with `#` are
/// comments. `in_time` is whether a run lasts until then: a later time is a mistake, often seconds since 1970,
/// or an earliest one of another day.
///
/// # Errors
/// Everything that is wrong with it, each with its line.
pub(crate) fn read(
    text: &str,
    column: Option<&str>,
    in_time: impl Fn(Duration) -> bool,
) -> Result<Vec<Duration>, Vec<String>> {
    // Every line ends alike, so that the reader's position gives the line of the row: it ends a row at each of these, and
    // counts the last alone.
    let lines = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader = ReaderBuilder::new()
        .has_headers(column.is_some())
        .comment(Some(b'#'))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(lines.as_bytes());
    let place = match column {
        None => 0,
        Some(name) => {
            let header = reader.headers().map_err(|error| vec![error.to_string()])?;
            place_of(name, header).map_err(|problem| vec![problem])?
        }
    };
    let (mut times, mut problems) = (vec![], vec![]);
    let mut row = StringRecord::new();
    while reader
        .read_record(&mut row)
        .map_err(|error| vec![error.to_string()])?
    {
        let text = row.get(place).unwrap_or_default();
        let line = reader.position().line() - 1;
        match text.parse() {
            Ok(time) => times.push(Row { line, time }),
            Err(expected) => problems.push(bad_row(line, expected, text)),
        }
    }
    if problems.is_empty() {
        in_order(&times, in_time)
    } else {
        Err(shortened(problems))
    }
}

fn place_of(name: &str, header: &StringRecord) -> Result<usize, String> {
    let found = header.iter().position(|column| column == name);
    let columns: Vec<&str> = header.iter().collect();
    found.ok_or_else(|| {
        let columns = columns.join(", ");
        format!("1: expected a column \"{name}\" in the header, found {columns}")
    })
}

fn bad_row(line: u64, expected: &str, found: &str) -> String {
    format!("{line}: {expected}, found \"{found}\"")
}

impl Time {
    /// Since the start of the recording, whose earliest stamp is `first`.
    fn since(self, first: Option<Timestamp>) -> Duration {
        match self {
            Self::Seconds(s) => seconds(s),
            Self::Stamp(stamp) => {
                let since = stamp.duration_since(first.unwrap_or(stamp));
                Duration::try_from(since).unwrap_or_default()
            }
        }
    }
}

impl FromStr for Time {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = text
            .parse()
            .ok()
            .filter(|s: &f64| s.is_finite() && *s >= 0.0);
        let stamp = || text.parse().ok().map(Self::Stamp);
        let time = seconds.map(Self::Seconds).or_else(stamp);
        time.ok_or("expected a time such as 2026-01-31T09:00:00.5Z, or seconds such as 0.5")
    }
}

fn in_order(
    rows: &[Row],
    in_time: impl Fn(Duration) -> bool,
) -> Result<Vec<Duration>, Vec<String>> {
    let stamps = rows.iter().filter_map(|row| match row.time {
        Time::Stamp(stamp) => Some((stamp, row.line)),
        Time::Seconds(_) => None,
    });
    let (earliest, stamps) = (stamps.clone().min(), stamps.count());
    if stamps != 0 && stamps != rows.len() {
        let both = "1: expected all times in RFC 3339 or all in seconds, found both";
        return Err(vec![both.to_owned()]);
    }
    let (first, line) = earliest.unzip();
    let offset = |row: &Row| row.time.since(first);
    let late = rows.iter().filter(|row| !in_time(offset(row)));
    let late: Vec<String> = late
        .map(|row| late_row(row.line, offset(row), line))
        .collect();
    if !late.is_empty() {
        return Err(shortened(late));
    }
    let mut offsets: Vec<Duration> = rows.iter().map(offset).collect();
    offsets.sort_unstable();
    if offsets.is_empty() {
        return Err(vec!["1: expected at least one row with a time".to_owned()]);
    }
    Ok(offsets)
}

fn late_row(line: u64, offset: Duration, earliest: Option<u64>) -> String {
    let after = earliest.map_or("the start".to_owned(), |line| {
        format!("that of line {line}")
    });
    let found = offset.as_secs_f64();
    format!(
        "{line}: expected a time before the end of the run (max_duration, or a year), found one {found} s after {after}"
    )
}

fn shortened(mut problems: Vec<String>) -> Vec<String> {
    let more = problems.len().saturating_sub(MOST_TOLD);
    problems.truncate(MOST_TOLD);
    if more > 0 {
        problems.push(format!("and {more} more rows"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALWAYS: fn(Duration) -> bool = |_| true;

    fn ms(times: &[Duration]) -> Vec<u128> {
        times.iter().map(Duration::as_millis).collect()
    }

    #[test]
    fn a_column_of_stamps_counts_from_the_earliest() {
        let text =
            "job,started\nb,2026-01-31T09:00:02+01:00\n# a comment\na,2026-01-31T08:00:00.5Z\n";
        let times = read(text, Some("started"), ALWAYS).expect("a recording");
        assert_eq!(ms(&times), [0, 1500]);
    }

    #[test]
    fn seconds_without_a_header_count_from_the_start() {
        let times = read("2.5,x\n1\n", None, ALWAYS).expect("a recording");
        assert_eq!(ms(&times), [1000, 2500]);
    }

    #[test]
    fn every_bad_row_is_told_with_its_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "at\n1\nsoon\n# a comment\n-2\n\"\"\n".replace('\n', end);
            let problems = read(&text, Some("at"), ALWAYS).expect_err("bad rows");
            let lines: Vec<_> = problems
                .iter()
                .map(|p| p.split_once(':').expect("a line").0)
                .collect();
            assert_eq!(lines, ["3", "5", "6"], "{problems:?}");
            assert!(problems[0].ends_with("found \"soon\""), "{problems:?}");
        }
    }

    #[test]
    fn a_time_after_the_end_of_the_run_is_told_with_its_line() {
        let in_time = |time| time < Duration::from_mins(10);
        for (text, lines) in [
            ("at\n0\n599.9\n1706691600\n", &["4"][..]),
            ("at\n0\n600\n1e300\n", &["3", "4"]),
            (
                "at\n2026-01-31T09:00:02Z\n# another day\n2026-01-30T09:00:00Z\n",
                &["2"],
            ),
        ] {
            let problems = read(text, Some("at"), in_time).expect_err("late rows");
            let told = problems.iter().map(|p| p.split_once(':').expect("a line"));
            let (found, words): (Vec<_>, Vec<_>) = told.unzip();
            assert_eq!(found, lines, "{problems:?}");
            assert!(words[0].contains("before the end of the run"), "{words:?}");
        }
        let many = "700\n".repeat(50);
        assert_eq!(read(&many, None, in_time).expect_err("late").len(), 21);
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        for (text, expected) in [
            ("", "at least one row"),
            ("1\n2026-01-31T09:00:00Z\n", "found both"),
        ] {
            let problems = read(text, None, ALWAYS).expect_err("no recording");
            assert!(problems[0].contains(expected), "{problems:?}");
        }
        let problems = read("a,b\n1,2\n", Some("c"), ALWAYS).expect_err("no such column");
        assert!(problems[0].ends_with("found a, b"), "{problems:?}");
        let many = read(&"soon\n".repeat(50), None, ALWAYS).expect_err("bad rows");
        assert_eq!(many.last().expect("problems"), "and 30 more rows");
    }

    proptest! {
        #[test]
        fn all_times_come_back_in_order(mut all in prop::collection::vec(0_u32..1_000_000, 1..50)) {
            let lines: Vec<String> = all.iter().map(|ms| (f64::from(*ms) / 1000.0).to_string()).collect();
            let text = lines.join("\n");
            all.sort_unstable();
            let half_ms = Duration::from_micros(500);
            let times = read(&text, None, ALWAYS).expect("a recording").into_iter();
            let times: Vec<u128> = times.map(|time| (time + half_ms).as_millis()).collect();
            prop_assert!(times.into_iter().eq(all.into_iter().map(u128::from)));
        }
    }
}
