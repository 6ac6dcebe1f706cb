//! The document of a plan: the answer, how sure it is, and what it rests on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::{self, ReadError};
use super::schedule::Schedule;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 2;

/// What is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sought {
    /// The most sessions.
    Sessions,
    /// The least spread of a herd, in milliseconds.
    SpreadMs,
    /// The least time from one start to the next, in milliseconds.
    IntervalMs,
    /// The most starts in a second, evenly spaced.
    StartsPerSecond,
}

/// The document of a plan.
#[expect(clippy::struct_field_names, reason = "fields are keys of the document")]
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Answer {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The groups that were changed.
    pub groups: Vec<String>,
    /// The clients of these groups.
    pub clients: Vec<String>,
    /// How many sessions these groups have, where that is not what is sought.
    pub sessions: Option<u32>,
    /// What is sought.
    pub sought: Sought,
    /// What is required, as it was written.
    pub required: Vec<String>,
    /// The share of runs in which a figure of a run has to be as required; null: no such figure is required.
    pub share: Option<f64>,
    /// How sure every decision is: an interval lies wholly on one side with this confidence.
    pub confidence: f64,
    /// The most runs of a try.
    pub most_runs: u32,
    /// The seed of the first run of each try; run i has this seed + i.
    pub seed: u64,
    /// The command that plans the same again.
    pub replay: String,
    /// The answer: the most (sessions, starts a second) or the least (milliseconds) that is decided to hold; null: none
    /// within the range.
    pub answer: Option<f64>,
    /// Where the true turn lies, with the confidence asked for.
    pub interval: Interval,
    /// Whether the answer and the next value on the other side are both decided, where there is one.
    pub decided: bool,
    /// The end of the range: no more was tried.
    pub max: f64,
    /// Whether more is always worse (or better): false where a try beyond the answer is decided the other way.
    pub monotone: bool,
    /// The answer that holds whichever of the assumptions played is true, all at their worst together as well; null:
    /// none within the range. Absent: nothing was varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe: Option<Safe>,
    /// The least and the greatest answer of all rows; absent: nothing was varied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Interval>,
    /// What the answer rests on.
    pub assumptions: Vec<RestsOn>,
    /// The answer under each other assumption, and under all at their worst.
    pub rows: Vec<Row>,
    /// What late starts do to the answer of an even spacing.
    pub late: Vec<Late>,
    /// The answer as schedules, one for each `--emit`; absent: none was asked for, or there is no answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// What a reader should know, such as that a percentile is the slowest of few.
    pub notes: Vec<String>,
    /// Every try for the answer itself, by its value.
    pub trials: Vec<Trial>,
}

/// Whether a try is as required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// Every requirement is met with the confidence asked for.
    Holds,
    /// One of them is not met, with that confidence.
    Fails,
    /// Neither can be said with as many runs as there may be.
    Undecided,
}

/// The result of one try. Times are medians of its runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Trial {
    /// What was tried: sessions, milliseconds of spread or interval, or starts a second.
    pub value: f64,
    /// Whether it is as required.
    pub decision: Decision,
    /// How many runs it took.
    pub runs: u32,
    /// Of what is required and decides: the share that was found.
    pub share: f64,
    /// The lower end of that share's interval at the confidence asked for.
    pub share_low: f64,
    /// The upper end.
    pub share_high: f64,
    /// The share that is wanted at least of what decides.
    pub target: f64,
    /// From the first intended start to the last token; null: in half of the runs there was none.
    pub makespan_ms: Option<f64>,
    /// The least time in which the limits let the tokens be had that were got.
    pub limits_bound_ms: f64,
    /// The share of all sessions that failed.
    pub lost: f64,
    /// The runs that ended before all sessions were done (`max_duration`): a try with one is never decided.
    pub cut_short: u32,
}

/// Something that the answer rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RestsOn {
    /// What it is called, as in `--vary NAME=VALUES`; limits that are documented have names of the configuration.
    pub name: String,
    /// Its value in the scenario.
    pub value: String,
    /// How it is known.
    pub evidence: Evidence,
    /// Where from, in a few words.
    pub source: String,
    /// The other values that were played.
    pub varied: Vec<String>,
}

/// How something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Evidence {
    /// Microsoft says so.
    Documented,
    /// Measured.
    Measured,
    /// Read in the source of the program.
    Read,
    /// Seen in published captures, or reported by users.
    Reported,
    /// Unknown; a choice.
    Assumed,
    /// The user chose it: a value other than the documented one, or a policy of one's own.
    Set,
}

/// Two ends; null: beyond the range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Interval {
    /// The lower end; null: not even the least holds (or nothing up to the end does).
    pub low: Option<f64>,
    /// The upper end; null: the end of the range or more.
    pub high: Option<f64>,
}

/// The answer under everything that was played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Safe {
    /// The number; null: none within the range.
    pub answer: Option<f64>,
    /// The assumption that binds: the row that has this answer.
    pub binding: String,
}

/// The answer if one assumption is another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Row {
    /// The assumption's name; `all` for all at their worst together.
    pub assumption: String,
    /// What it is in this row.
    pub value: String,
    /// About where the turn is, by 200 runs a try; null: none within the range.
    pub answer: Option<f64>,
    /// Where it lies by what is decided.
    pub interval: Interval,
    /// The runs that it took.
    pub runs: u64,
}

/// What becomes of the answer's spacing if every start is late by chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Late {
    /// Each start is late by a uniformly random part of this.
    pub jitter_ms: f64,
    /// Whether it still is as required.
    pub decision: Decision,
    /// The share of sessions that failed.
    pub lost: f64,
}

impl Sought {
    /// Whether it is the most that is sought, and not the least.
    #[must_use]
    pub(crate) fn is_most(self) -> bool {
        matches!(self, Self::Sessions | Self::StartsPerSecond)
    }
}

impl Answer {
    /// Reads a plan from the text of the file called `name`.
    ///
    /// # Errors
    /// If the text is no plan, or one of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        reading::read(name, text, "a plan.json of `plan`", SCHEMA)
    }

    /// The try of the answer itself.
    #[must_use]
    pub(crate) fn trial(&self) -> Option<&Trial> {
        let answer = self.answer?;
        self.trials.iter().find(|trial| same(trial.value, answer))
    }

    /// The tries that are decided the other way than the answer says.
    pub(crate) fn against(&self) -> impl Iterator<Item = &Trial> {
        let most = self.sought.is_most();
        let beyond = move |trial: &Trial, answer: f64| {
            if most {
                trial.value > answer
            } else {
                trial.value < answer
            }
        };
        self.trials
            .iter()
            .filter(move |trial| match (trial.decision, self.answer) {
                (Decision::Holds, Some(answer)) => beyond(trial, answer),
                (Decision::Holds, None) => true,
                (Decision::Fails, Some(answer)) => {
                    !beyond(trial, answer) && !same(trial.value, answer)
                }
                (Decision::Fails, None) | (Decision::Undecided, _) => false,
            })
    }
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}
