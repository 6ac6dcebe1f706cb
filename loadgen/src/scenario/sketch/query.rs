//! A sketch as a query string.

use form_urlencoded::Serializer;

use super::fields::Fields;
use super::{Jobs, MOST_JOBS, MOST_ROWS, Remedy, Sketch, Starts};

/// All fields.
const KNOWN: [&str; 15] = [
    "client",
    "count",
    "starts",
    "within_s",
    "each_ms",
    "work_s",
    "service_ms",
    "rate",
    "concurrent",
    "remedy",
    "at_once",
    "per_second",
    "tries",
    "delay_s",
    "seed",
];

/// The longest name of a client (assumed).
const LONGEST_NAME: usize = 100;

const STARTS: [&str; 3] = ["together", "spread", "even"];

const REMEDIES: [&str; 6] = [
    "nothing",
    "gate",
    "spaced_starts",
    "shared_cache",
    "broker",
    "retry",
];

impl Sketch {
    /// Of a query string as a form sends it, what is missing as usual; and everything that is wrong with it, each with the
    /// field's name: such a field is as usual, too.
    pub(crate) fn from_query(query: &str) -> (Self, Vec<String>) {
        let mut fields = Fields::of(query);
        let usual = Self::default();
        let sketch = Self {
            jobs: jobs(&mut fields).unwrap_or(usual.jobs),
            starts: starts(&mut fields),
            work_s: fields.number("work_s", 0..=3600, usual.work_s),
            service_ms: fields.number("service_ms", 1..=10_000, usual.service_ms),
            rate: fields.number("rate", 1..=1000, usual.rate),
            concurrent: fields.number("concurrent", 1..=1000, usual.concurrent),
            remedy: remedy(&mut fields),
            seed: fields.number("seed", 0..=u32::MAX, usual.seed),
        };
        (sketch, fields.wrong(&KNOWN))
    }

    /// The query string that leads to it.
    pub(crate) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        for Jobs { client, count } in &self.jobs {
            query.append_pair("client", client);
            query.append_pair("count", &count.to_string());
        }
        let number = |(key, value): &(&'static str, u32)| (*key, value.to_string());
        query.append_pair("starts", self.starts.name());
        query.extend_pairs(self.starts.numbers().iter().map(number));
        query.extend_pairs(self.numbers().iter().map(number));
        query.append_pair("remedy", self.remedy.name());
        query.extend_pairs(self.remedy.numbers().iter().map(number));
        query.append_pair("seed", &self.seed.to_string());
        query.finish()
    }

    /// The fields that have always an effect, but for the seed.
    fn numbers(&self) -> [(&'static str, u32); 4] {
        [
            ("work_s", self.work_s),
            ("service_ms", self.service_ms),
            ("rate", self.rate),
            ("concurrent", self.concurrent),
        ]
    }
}

impl Starts {
    /// The fields that have an effect with it.
    fn numbers(self) -> Vec<(&'static str, u32)> {
        match self {
            Self::Together => vec![],
            Self::Spread { within_s } => vec![("within_s", within_s)],
            Self::Even { each_ms } => vec![("each_ms", each_ms)],
        }
    }
}

impl Remedy {
    /// The fields that have an effect with it.
    fn numbers(self) -> Vec<(&'static str, u32)> {
        match self {
            Self::Nothing | Self::SharedCache | Self::Broker => vec![],
            Self::Gate {
                at_once,
                per_second,
            } => vec![("at_once", at_once), ("per_second", per_second)],
            Self::SpacedStarts { per_second } => vec![("per_second", per_second)],
            Self::Retry { tries, delay_s } => vec![("tries", tries), ("delay_s", delay_s)],
        }
    }
}

/// The rows; none if there are none, or not as many counts as clients. A count that is wrong is one.
fn jobs(fields: &mut Fields) -> Option<Vec<Jobs>> {
    let (clients, counts) = (fields.list("client"), fields.list("count"));
    if clients.is_empty() && counts.is_empty() {
        return None;
    }
    if clients.len() != counts.len() || clients.len() > MOST_ROWS {
        let (clients, counts) = (clients.len(), counts.len());
        fields.problems.push(format!(
            "client, count: expected a count for each client, and {MOST_ROWS} of them at most, not {clients} and {counts}"
        ));
        return None;
    }
    let rows = clients.into_iter().zip(counts);
    let rows = rows.map(|(client, count)| Jobs {
        client: named(fields, client),
        count: fields.checked("count", &count, 1..=MOST_JOBS).unwrap_or(1),
    });
    let rows: Vec<Jobs> = rows.collect();
    let all: u32 = rows.iter().map(|row| row.count).sum();
    if all > MOST_JOBS {
        let expected = format!("count: expected {MOST_JOBS} jobs at most, not {all}");
        fields.problems.push(expected);
    }
    Some(rows)
}

/// The name of a client, cut off if no client can have it.
fn named(fields: &mut Fields, client: String) -> String {
    let most = LONGEST_NAME;
    if client.chars().count() <= most {
        return client;
    }
    let begin: String = client.chars().take(most).collect();
    fields.problems.push(format!(
        "client: expected {most} characters at most, not {begin:?}…"
    ));
    begin
}

fn starts(fields: &mut Fields) -> Starts {
    match fields.word("starts", &STARTS) {
        "spread" => Starts::Spread {
            within_s: fields.number("within_s", 1..=3600, 5),
        },
        "even" => Starts::Even {
            each_ms: fields.number("each_ms", 1..=60_000, 100),
        },
        _ => Starts::Together,
    }
}

/// IMDS serves 5 at once and 20 a second (documented); 19 starts a second leave room for one that is late.
fn remedy(fields: &mut Fields) -> Remedy {
    match fields.word("remedy", &REMEDIES) {
        "gate" => Remedy::Gate {
            at_once: fields.number("at_once", 1..=100, 5),
            per_second: fields.number("per_second", 1..=100, 19),
        },
        "spaced_starts" => Remedy::SpacedStarts {
            per_second: fields.number("per_second", 1..=100, 19),
        },
        "shared_cache" => Remedy::SharedCache,
        "broker" => Remedy::Broker,
        "retry" => Remedy::Retry {
            tries: fields.number("tries", 2..=20, 5),
            delay_s: fields.number("delay_s", 1..=600, 5),
        },
        _ => Remedy::Nothing,
    }
}
