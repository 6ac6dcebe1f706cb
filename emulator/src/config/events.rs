//! The table `scheduled_events` and the tables `events`.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::document::{FriendlyDuration, Section};
use crate::model::event::{Event, EventKind, EventPlan, EventService};

pub(super) fn service(section: &mut Section) -> Option<EventService> {
    let first_call = length(section, "first_call");
    let switch_off = length(section, "switch_off");
    Some(EventService {
        first_call: first_call?,
        switch_off: switch_off?,
    })
}

/// The events that can be made out; problems are noted for the others.
pub(super) fn events(section: &mut Section, vm: &str) -> Vec<Event> {
    let mut taken = BTreeSet::new();
    let tables = section.sections("events").into_iter().enumerate();
    let events = tables.filter_map(|(nth, mut table)| {
        let event = event(&mut table, nth, vm)?;
        if !taken.insert(event.id.to_ascii_lowercase()) {
            table.refuse("id", "another event has this id");
        }
        Some(event)
    });
    events.collect()
}

fn event(section: &mut Section, nth: usize, vm: &str) -> Option<Event> {
    let FriendlyDuration(announced_at) = section.optional("at").unwrap_or_default();
    if announced_at > EventPlan::LONGEST {
        section.refuse("at", "expected at most 1 year");
    }
    Some(plan(section)?.event(announced_at, nth, vm))
}

/// What one such table says but for its time; problems are noted for what is wrong with it.
pub(super) fn plan(section: &mut Section) -> Option<EventPlan> {
    let kind = section.required("type");
    let id = section.optional("id");
    let resources = section.optional("resources");
    let description: Option<String> = section.optional("description");
    let source = section.optional("source");
    let duration = section.optional("duration");
    let notice = section.optional("notice");
    let lasts = section.optional("lasts");
    let plan = EventPlan {
        // Whatever it is, the other keys are looked at.
        kind: kind.unwrap_or(EventKind::Reboot),
        id,
        resources,
        description: description.unwrap_or_default(),
        source: source.unwrap_or_default(),
        duration,
        notice,
        lasts,
    };
    for (key, expected) in plan.objections() {
        section.refuse(key, expected);
    }
    kind.map(|_| plan)
}

fn length(section: &mut Section, key: &str) -> Option<Duration> {
    let FriendlyDuration(length) = section.required(key)?;
    let possible = length <= EventPlan::LONGEST;
    if !possible {
        section.refuse(key, "expected at most 1 year");
    }
    possible.then_some(length)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn names_all_that_is_wrong_with_events() {
        let text = "[scheduled_events]\nfirst_call = '-1s'\nswitch_off = '9000h'\n\
            [[events]]\nat = '1s'\n\
            [[events]]\ntype = 'Rebot'\nid = 'x'\n\
            [[events]]\ntype = 'Reboot'\nid = 'x'\nresources = []\nnotice = '9000h'\nwhen = '1s'\n\
            [[events]]\ntype = 'Freeze'\nid = '602d9444-d2cd-49c7-8624-8643e7171297'\n\
            [[events]]\ntype = 'Freeze'\nid = '602D9444-D2CD-49C7-8624-8643E7171297'\n";
        let problems = Config::from_toml("c", text).unwrap_err();
        let paths: Vec<&str> = problems
            .iter()
            .map(|problem| problem.path.as_str())
            .collect();
        let expected = [
            "scheduled_events.first_call",
            "scheduled_events.switch_off",
            "events[0].type",
            "events[1].type",
            "events[1].id",
            "events[2].id",
            "events[2].resources",
            "events[2].notice",
            "events[2].when",
            "events[4].id",
        ];
        assert_eq!(paths, expected, "{problems}");
    }
}
