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
    /// How many sessions it starts at times like these.
    pub(crate) fn sessions(&self, at: impl Fn(Duration) -> bool) -> u64 {
        let starts = self.starts.iter().filter(|start| at(**start)).count() as u64;
        starts * u64::from(self.job.count)
    }
}

/// What of a schedule is written, and how it is told.
pub(crate) struct Text<'p> {
    /// The scenario's name.
    pub name: &'p str,
    /// The lines of its first comment.
    pub comment: Vec<String>,
    pub planned: &'p [Planned],
    /// Starts from then on, which is the scenario's beginning, and before then.
    pub from: Duration,
    pub to: Duration,
}

/// A group: a client, and the random delay of its starts.
type Key<'p> = (&'p str, Duration);

/// The starts of a group, since the beginning of the scenario.
pub(crate) type Group<'p> = (Key<'p>, Vec<Duration>);

impl Text<'_> {
    /// The groups, each with its starts in order.
    pub(crate) fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<Key, Vec<Duration>> = BTreeMap::new();
        for planned in self.planned {
            let starts = planned.starts.iter();
            let starts = starts.filter(|start| (self.from..self.to).contains(start));
            let key = (planned.client.as_str(), planned.job.delay);
            for start in starts {
                let sessions = std::iter::repeat_n(
                    start.saturating_sub(self.from),
                    planned.job.count as usize,
                );
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
        let comment = lines.fold(String::new(), |text, line| text + "# " + line + "\n");
        let name = toml::Value::from(self.name);
        format!("{comment}schema = 1\nname = {name}\nseed = 0\n\n[imds]\nprofile = \"azure\"\n")
    }
}

/// The name of a group: its client, and the delay if there is one.
pub(crate) fn group_name(client: &str, delay: Duration) -> String {
    if delay.is_zero() {
        client.to_owned()
    } else {
        format!("{client}-within-{}s", delay.as_secs_f64())
    }
}

/// Sessions that start at one instant are a herd: a remedy may give it other times. Else each start is written.
fn arrival(starts: &[Duration], delay: Duration, time: &impl Fn(Duration) -> String) -> String {
    let (first, delay_s) = (starts[0], delay.as_secs_f64());
    if starts.iter().all(|start| *start == first) {
        let (count, at_s) = (starts.len(), first.as_secs_f64());
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
        let list = format!("{}, ", start.as_secs_f64()).repeat(same.len());
        writeln!(out, "  {list}# {}", time(start)).expect("a string takes it all");
    }
    out + "]\n"
}
