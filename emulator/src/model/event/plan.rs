//! An event as it is ordered: most of its fields may be left out.

use std::time::Duration;

use uuid::Uuid;

use super::scheduled::{Event, EventKind, EventSource};
use crate::document::FriendlyDuration;
use crate::model::identity::derived_guid;

/// An event to be added. Everything but the type may be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPlan {
    /// What is to happen.
    pub kind: EventKind,
    /// A GUID; derived if left out.
    pub id: Option<String>,
    /// The VMs it happens to; this one if left out.
    pub resources: Option<Vec<String>>,
    /// Why, in words; empty if left out.
    pub description: String,
    /// Its source: Azure if left out.
    pub source: EventSource,
    /// How long the VM will be interrupted; unknown if left out.
    pub duration: Option<FriendlyDuration>,
    /// From the announcement to the start without approval; the documented least if left out.
    pub notice: Option<FriendlyDuration>,
    /// From the start to the end; 10 minutes if left out (documented as typical).
    pub lasts: Option<FriendlyDuration>,
}

impl EventPlan {
    const LASTS: Duration = Duration::from_mins(10);

    /// The longest notice and the longest event: a year.
    pub(crate) const LONGEST: Duration = Duration::from_hours(365 * 24);

    /// What is wrong with it: the key and what was expected there.
    pub(crate) fn objections(&self) -> Vec<(&'static str, &'static str)> {
        let too_long = |length: Option<FriendlyDuration>| {
            length.is_some_and(|FriendlyDuration(length)| length > Self::LONGEST)
        };
        let is_no_guid = |id: &String| Uuid::try_parse(id).is_err();
        let is_empty = |resources: &Vec<String>| resources.is_empty();
        [
            (
                self.id.as_ref().is_some_and(is_no_guid),
                ("id", "expected a GUID"),
            ),
            (
                self.resources.as_ref().is_some_and(is_empty),
                ("resources", "expected at least one name"),
            ),
            (
                too_long(self.duration),
                ("duration", "expected at most 1 year"),
            ),
            (too_long(self.notice), ("notice", "expected at most 1 year")),
            (too_long(self.lasts), ("lasts", "expected at most 1 year")),
        ]
        .into_iter()
        .filter_map(|(is_wrong, objection)| is_wrong.then_some(objection))
        .collect()
    }

    /// The event, announced at `announced_at` (since the run's start). `nth` makes a derived id unique;
    /// `vm` is the VM's own name.
    #[must_use]
    pub fn event(self, announced_at: Duration, nth: usize, vm: &str) -> Event {
        let length = |given: Option<FriendlyDuration>, usual| given.map_or(usual, |given| given.0);
        let id = self
            .id
            .unwrap_or_else(|| derived_guid(&["event", &nth.to_string()]).to_ascii_uppercase());
        Event {
            id,
            notice: length(self.notice, self.kind.least_notice()),
            kind: self.kind,
            resources: self.resources.unwrap_or_else(|| vec![vm.to_owned()]),
            description: self.description,
            source: self.source,
            duration: self.duration.map(|duration| duration.0),
            announced_at,
            lasts: length(self.lasts, Self::LASTS),
        }
    }
}
