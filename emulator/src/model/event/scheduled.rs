//! One scheduled event: what happens, to which VMs, and when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::{friendly, friendly_if_any};

/// One event, with its times since the run's start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// A GUID.
    pub id: String,
    /// What is going to happen.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// The names of the VMs it happens to.
    pub resources: Vec<String>,
    /// Why, in words.
    pub description: String,
    /// Its source.
    pub source: EventSource,
    /// How long the VM will be interrupted, if that is known.
    #[serde(serialize_with = "friendly_if_any")]
    pub duration: Option<Duration>,
    /// When it is announced.
    #[serde(serialize_with = "friendly")]
    pub announced_at: Duration,
    /// From the announcement to its start without approval.
    #[serde(serialize_with = "friendly")]
    pub notice: Duration,
    /// From its start until it is gone.
    #[serde(serialize_with = "friendly")]
    pub lasts: Duration,
}

impl Event {
    /// When it starts at the latest.
    #[must_use]
    pub fn not_before(&self) -> Duration {
        self.announced_at + self.notice
    }
}

/// What is going to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum EventKind {
    /// The VM pauses for some seconds.
    Freeze,
    /// It is restarted.
    Reboot,
    /// It is moved to another host.
    Redeploy,
    /// It is a Spot VM and is taken away.
    Preempt,
    /// It is deleted.
    Terminate,
}

impl EventKind {
    /// The least notice of it (documented; of `Terminate`, 5 to 15 minutes can be set).
    #[must_use]
    pub fn least_notice(self) -> Duration {
        match self {
            EventKind::Freeze | EventKind::Reboot => Duration::from_mins(15),
            EventKind::Redeploy => Duration::from_mins(10),
            EventKind::Preempt => Duration::from_secs(30),
            EventKind::Terminate => Duration::from_mins(5),
        }
    }
}

/// The source of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum EventSource {
    /// Azure.
    #[default]
    Platform,
    /// A user with the right to manage the VM.
    User,
}
