//! A table of jobs as CSV, with a header: when they start, and what they run.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::once::Once;
use super::{Job, Jobs, Mistake, Place, Source, Timing};

/// The columns that are read; all others are left alone.
const START: &str = "start";
const COMMAND: &str = "command";
const CLIENT: &str = "client";
const COUNT: &str = "count";

/// Where the columns are.
struct Columns {
    start: usize,
    command: Option<usize>,
    client: Option<usize>,
    count: Option<usize>,
}

/// Reads a table.
pub(crate) fn read(file: &Source, text: &str) -> Jobs {
    let text = text.trim_start_matches('\u{feff}');
    // Every line ends alike, so that the reader's position gives the line of the row.
    let text = text.replace("\r\n", "\n").replace('\r', "\n") + "\n";
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut read = Jobs::default();
    let header = reader.headers().cloned().unwrap_or_default();
    let columns = match Columns::of(&header) {
        Ok(columns) => columns,
        Err(expected) => {
            read.mistakes.push(Place::new(file, 1, 1).mistake(expected));
            return read;
        }
    };
    let mut row = StringRecord::new();
    loop {
        match reader.read_record(&mut row) {
            Ok(false) => return read,
            Ok(true) => {
                let line = reader.position().line() - 1;
                let line = usize::try_from(line).unwrap_or(usize::MAX);
                match columns.job(&row, |column| Place::new(file, line, column)) {
                    Ok(job) => read.found.push(job),
                    Err(mistakes) => read.mistakes.extend(mistakes),
                }
            }
            Err(error) => {
                let place = Place::new(file, 1, 1);
                read.mistakes.push(place.mistake(error.to_string()));
                return read;
            }
        }
    }
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let place = |name: &str| {
            header
                .iter()
                .position(|column| column.eq_ignore_ascii_case(name))
        };
        let (command, client) = (place(COMMAND), place(CLIENT));
        let start = place(START).filter(|_| command.or(client).is_some());
        let found: Vec<&str> = header.iter().collect();
        let expected = || {
            format!(
                "expected a header with the columns {START} and {COMMAND} or {CLIENT}, found {}",
                found.join(",")
            )
        };
        Ok(Self {
            start: start.ok_or_else(expected)?,
            command,
            client,
            count: place(COUNT),
        })
    }

    /// The job of a row; columns of its mistakes are those of the table, counted from one on.
    fn job(&self, row: &StringRecord, place: impl Fn(usize) -> Place) -> Result<Job, Vec<Mistake>> {
        let cell = |column: Option<usize>| column.and_then(|at| row.get(at)).unwrap_or_default();
        let mut mistakes = vec![];
        let start = cell(Some(self.start));
        let once = start.parse::<Once>();
        if let Err(expected) = &once {
            mistakes.push(place(self.start + 1).mistake(format!("{expected}, found \"{start}\"")));
        }
        let count = match cell(self.count) {
            "" => Some(1),
            number => number.parse::<u32>().ok().filter(|count| *count > 0),
        };
        if count.is_none() {
            let column = self.count.unwrap_or_default() + 1;
            let expected = "expected a whole number of sessions from 1 on";
            mistakes.push(place(column).mistake(expected));
        }
        let (command, client) = (cell(self.command), cell(self.client));
        if command.is_empty() && client.is_empty() {
            let expected = format!("expected a {COMMAND} or a {CLIENT}");
            mistakes.push(place(1).mistake(expected));
        }
        match (once, count) {
            (Ok(once), Some(count)) if mistakes.is_empty() => Ok(Job {
                count,
                client: (!client.is_empty()).then(|| client.to_owned()),
                ..Job::new(place(1), command.to_owned(), Timing::Once(once))
            }),
            _ => Err(mistakes),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::scenario::import::{Window, source};

    fn window(date: &str, days: i64) -> Window {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        Window::new(zone, date.parse().expect("a date"), days).expect("days")
    }

    #[test]
    fn rows_are_times_of_days_of_the_zone_or_of_all_days() {
        let text = "\u{feff}job,Start,command,count\r\n#a,02:00,az login,3\r\nb,2026-12-01T02:00:30.5,\"az \"\"x\"\", y\",\r\nc,2026-11-30T23:30:00Z,z,1\r\n";
        let read = read(&source("t"), text);
        assert_eq!(read.mistakes, []);
        let window = window("2026-11-30", 2);
        let starts = |job: &Job| -> Vec<String> {
            job.starts(&window)
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        assert_eq!(
            starts(&read.found[0]),
            ["2026-11-30T01:00:00Z", "2026-12-01T01:00:00Z"]
        );
        assert_eq!((read.found[0].count, read.found[0].place.line), (3, 2));
        assert_eq!(starts(&read.found[1]), ["2026-12-01T01:00:30.5Z"]);
        assert_eq!(read.found[1].command, "az \"x\", y");
        assert_eq!(starts(&read.found[2]), ["2026-11-30T23:30:00Z"]);
    }

    #[test]
    fn skipped_times_are_later_and_of_doubled_ones_the_first_is_meant() {
        let starts = |date: &str| {
            let once: Once = "02:30".parse().expect("a time");
            let window = window(date, 1);
            once.starts(&window.zone, &window)[0].to_string()
        };
        assert_eq!(starts("2026-03-29"), "2026-03-29T01:30:00Z");
        assert_eq!(starts("2026-10-25"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn every_mistake_is_told_with_its_line_and_column() {
        let told = |text: &str| -> Vec<String> {
            let mistakes = read(&source("t"), text).mistakes;
            mistakes.iter().map(ToString::to_string).collect()
        };
        let rows = told("client,start,count\nazure-cli,soon,1\nazure-cli,02:00,0\n,02:00,\n");
        assert!(
            rows[0].starts_with("t:2:2: expected a time such as"),
            "{rows:?}"
        );
        assert!(
            rows[1].starts_with("t:3:3: expected a whole number"),
            "{rows:?}"
        );
        assert!(
            rows[2].starts_with("t:4:1: expected a command or a client"),
            "{rows:?}"
        );
        assert!(told("start,who\n02:00,me\n")[0].ends_with("found start,who"));
        for start in [
            "02:00+09:00",
            "02:00-05:00",
            "02:00[Asia/Tokyo]",
            "2026-11-30T02:00[Asia/Tokyo]",
            "2026-11-30T02:00-05",
        ] {
            let rows = told(&format!("start,command\n{start},az\n"));
            assert!(
                rows.is_empty() == start.ends_with("-05"),
                "{start}: {rows:?}"
            );
        }
    }
}
