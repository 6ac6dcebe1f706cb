//! The part of the result that shows an example of each kind of failure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::record::cause::Cause;
use crate::record::distribution::ms;
use crate::record::failures::{Occurrence, Place};
use crate::result::because::because;
use crate::result::messages::{Failing, Message, message};
use crate::scenario::definition::Scenario;

/// One kind of failure at one place, of all groups.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FailureResult {
    /// Where sessions failed so: the kind of the step; `import` where they read the profile at their start;
    /// `gate` where they waited at their gate; `start` before that.
    pub step: String,
    /// The kind of failure.
    pub kind: String,
    /// How often it happened; one session may fail at several of its steps.
    pub count: u64,
    /// One of them; null: it happened to sessions that had not started.
    pub example: Option<FailureExample>,
}

/// One failure: the first of its kind in a session whose story is kept, or else the first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FailureExample {
    /// Of a merged result the name of its source; left out: it is of one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The session's number.
    pub session: u32,
    /// The name of its group.
    pub group: String,
    /// The number of the step in the session, from 1 as the session went through them; 0 before the first.
    pub step: u32,
    /// When it failed, since the run's start.
    pub at_ms: f64,
    /// How often the step was tried.
    pub tries: u32,
    /// What the script's author would have seen.
    pub message: Message,
    /// How it came about, as a clause that follows "because".
    pub because: String,
    /// The same in figures.
    pub cause: Cause,
}

/// All kinds, by place and kind.
pub(super) fn of(scenario: &Scenario, record: &Record) -> Vec<FailureResult> {
    let kinds = record.failures.kinds().map(|(place, kind, count)| {
        let example = count.example.as_ref();
        FailureResult {
            step: place.name().to_owned(),
            kind: kind.to_owned(),
            count: count.count,
            example: example.map(|happened| FailureExample::new(scenario, place, kind, happened)),
        }
    });
    kinds.collect()
}

impl FailureExample {
    fn new(scenario: &Scenario, place: Place, kind: &str, happened: &Occurrence) -> Self {
        let group = &scenario.groups[happened.group];
        let client = &group.policy.name;
        let azure_context = group.azure_context.as_ref();
        let failing = Failing {
            step: place.name(),
            kind,
            client,
            version: azure_context.map(|context| context.generation.name.as_str()),
        };
        Self {
            source: None,
            session: happened.session,
            group: group.name.clone(),
            step: happened.step,
            at_ms: ms(happened.at),
            tries: happened.tries,
            message: message(&failing),
            because: because(
                kind,
                client,
                &happened.cause,
                scenario.vm_of(happened.session).limits.identity.concurrent,
            ),
            cause: happened.cause.clone(),
        }
    }
}
