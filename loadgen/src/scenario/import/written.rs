//! The scenario of a schedule, as TOML.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use super::Job;

/// A job with its client and its starts.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub job: Job,
    /// The policy that models its client.
    pub client: String,
    /// Since the beginning of the window, earliest first; its random delay is not in them.
    pub starts: Vec<Duration>,
}

impl Planned {
    /// How many sessions it starts.
    pub(crate) fn sessions(&self) -> u64 {
        self.starts.len() as u64 * u64::from(self.job.count)
    }

    /// Its starts that, with their random delay, may be from a time on and before another one.
    pub(crate) fn due(&self, from: Duration, to: Duration) -> impl Iterator<Item = Duration> {
        let delay = self.job.delay;
        let starts = self.starts.iter().copied();
        starts.filter(move |start| *start < to && start.saturating_add(delay) >= from)
    }
}

/// What of a schedule is written, and how it is told: what may start from a time on and before another one.
pub(crate) struct Text<'p> {
    /// The scenario's name.
    pub name: &'p str,
    /// The lines of its first comment.
    pub comment: Vec<String>,
    pub seed: u64,
    pub planned: &'p [Planned],
    /// From then on.
    pub from: Duration,
    /// Before then.
    pub to: Duration,
}

/// A group: a client, and the random delay of its starts.
type Key<'p> = (&'p str, Duration);

/// The starts of a group, since the beginning of the scenario.
pub(crate) type Group<'p> = (Key<'p>, Vec<Duration>);

impl Text<'_> {
    /// The beginning of the scenario: the first time for which something is due that may start in its time.
    pub(crate) fn begin(&self) -> Duration {
        let planned = self.planned.iter();
        let first = planned.flat_map(|planned| planned.due(self.from, self.to));
        first.min().unwrap_or(self.from).min(self.from)
    }

    /// The groups, each with its starts in order.
    pub(crate) fn groups(&self) -> Vec<Group<'_>> {
        let begin = self.begin();
        let mut groups: BTreeMap<Key, Vec<Duration>> = BTreeMap::new();
        for planned in self.planned {
            let key = (planned.client.as_str(), planned.job.delay);
            for start in planned.due(self.from, self.to) {
                let count = planned.job.count as usize;
                let sessions = std::iter::repeat_n(start.saturating_sub(begin), count);
                groups.entry(key).or_default().extend(sessions);
            }
        }
        for starts in groups.values_mut() {
            starts.sort_unstable();
        }
        groups.into_iter().collect()
    }

    /// The scenario; `time` tells when something starts. Groups without a random delay or with one are those of a client.
    pub(crate) fn toml(&self, time: impl Fn(Duration) -> String) -> String {
        let mut out = self.head();
        for ((client, delay), starts) in self.groups() {
            let name = group_name(client, delay);
            write!(
                out,
                "\n[[sessions]]\nname = \"{name}\"\nclient = \"{client}\"\nscript = [{{ connect = {{}} }}]\n"
            )
            .expect("a string takes it all");
            out += &arrival(&starts, delay, &time);
        }
        out
    }

    /// All before the groups.
    fn head(&self) -> String {
        let lines = self.comment.iter();
        let lines: Vec<String> = lines
            .map(|line| format!("# {}\n", printable(line)))
            .collect();
        let comment = lines.concat();
        let name = toml::Value::from(self.name);
        let seed = self.seed;
        format!(
            "{comment}schema = 1\nname = {name}\nseed = {seed}\n\n[imds]\nprofile = \"azure\"\n"
        )
    }
}

/// The name of a group: its client, and the delay if there is one.
pub(crate) fn group_name(client: &str, delay: Duration) -> String {
    if delay.is_zero() {
        client.to_owned()
    } else {
        format!("{client}-within-{}s", seconds(delay))
    }
}

/// Sessions that start at one instant are a herd: a remedy may give it other times. Else each start is written.
fn arrival(starts: &[Duration], delay: Duration, time: &impl Fn(Duration) -> String) -> String {
    let (first, delay_s) = (starts[0], seconds(delay));
    if starts.iter().all(|start| *start == first) {
        let (count, at_s) = (starts.len(), seconds(first));
        return format!(
            "count = {count}\narrival = {{ herd = {{ at = \"{at_s}s\", spread = \"{delay_s}s\" }} }}\n"
        );
    }
    let mut out = "[sessions.arrival.replay]\n".to_owned();
    if !delay.is_zero() {
        writeln!(out, "jitter = \"{delay_s}s\"").expect("a string takes it all");
    }
    out += "starts = [\n";
    for same in starts.chunk_by(|one, other| one == other) {
        let start = same[0];
        let list = format!("{}, ", seconds(start)).repeat(same.len());
        writeln!(out, "  {list}# {}", time(start)).expect("a string takes it all");
    }
    out + "]\n"
}

/// A length in seconds, to the nanosecond, without digits that it has not.
fn seconds(length: Duration) -> String {
    let (whole, nanoseconds) = (length.as_secs(), length.subsec_nanos());
    if nanoseconds == 0 {
        return whole.to_string();
    }
    let fraction = format!("{nanoseconds:09}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// A comment ends at a line's end, and holds no other controls.
fn printable(line: &str) -> String {
    let shown = |c: char| {
        if c.is_control() {
            c.escape_unicode().to_string()
        } else {
            c.to_string()
        }
    };
    line.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scenario::import::{Place, Timing, source};

    fn planned(starts: &[u64], delay: Duration) -> Planned {
        let place = Place::new(&source("jobs"), 1, 1);
        Planned {
            job: Job {
                delay,
                ..Job::new(place, "az login".to_owned(), Timing::Never("not asked"))
            },
            client: "azure-cli".to_owned(),
            starts: starts.iter().copied().map(Duration::from_millis).collect(),
        }
    }

    fn minute(planned: &[Planned]) -> Text<'_> {
        Text {
            name: "a \"name\"\n",
            comment: vec!["a file\nmax_duration = '1s' \u{1b}".to_owned()],
            seed: 7,
            planned,
            from: Duration::from_mins(2),
            to: Duration::from_mins(3),
        }
    }

    #[test]
    fn what_may_be_delayed_into_a_minute_is_of_it_with_its_distances() {
        let planned = [
            planned(&[60_000, 100_000], Duration::from_secs(40)),
            planned(&[119_999, 120_000, 180_000], Duration::ZERO),
        ];
        let text = minute(&planned);
        assert_eq!(text.begin(), Duration::from_secs(100));
        let starts: Vec<_> = text
            .groups()
            .into_iter()
            .map(|(_, starts)| starts)
            .collect();
        let second = |second| vec![Duration::from_secs(second)];
        assert_eq!(starts, [second(20), second(0)]);
    }

    #[test]
    fn names_and_comments_are_text_whatever_they_have() {
        let planned = [planned(&[120_000], Duration::ZERO)];
        let written = minute(&planned).toml(|_| String::new());
        let read: toml::Table = written.parse().expect("TOML");
        assert_eq!(read["name"].as_str(), Some("a \"name\"\n"));
        assert_eq!(read["seed"].as_integer(), Some(7));
        assert!(!read.contains_key("max_duration"), "{written}");
    }

    proptest! {
        #[test]
        fn a_length_is_written_as_it_is(length in (0_u64..700_000, 0_u32..1_000_000_000)) {
            let length = Duration::new(length.0, length.1);
            let written = format!("{}s", seconds(length));
            let read: jiff::SignedDuration = written.parse().expect("a length");
            prop_assert_eq!(Duration::try_from(read).expect("no less than zero"), length);
        }
    }
}
