//! What of the VMs has an effect only beside groups that fit.

use std::time::Duration;

use imds_emulator::document::{FriendlyDuration, Placed, Section};

use crate::scenario::definition::Scenario;

/// The schedules of the VM: their lists, and the key of the time at which each begins.
const SCHEDULES: [(&str, &str); 2] = [("faults", "from"), ("events", "at")];

/// What of the VM has an effect only beside groups that fit.
#[derive(Default)]
pub(super) struct Planned {
    /// When its schedules begin.
    starts: Vec<Placed<Duration>>,
    /// The sessions that its faults strike, by their numbers.
    struck: Vec<Struck>,
}

/// A session that a fault strikes.
struct Struck {
    /// The kind of VM whose fault it is, by index; none: of all.
    kind: Option<usize>,
    /// Its number.
    session: Placed<String>,
}

impl Planned {
    /// What is planned in these settings of VMs of this kind; of all without one.
    pub(super) fn add(&mut self, section: &Section, kind: Option<usize>) {
        for key in ["listen", "admin_listen", "seed"] {
            if section.has(key) {
                section.refuse(key, "not in a scenario: the run sets it");
            }
        }
        let starts = SCHEDULES.iter();
        self.starts
            .extend(starts.flat_map(|(list, key)| section.lengths(list, key)));
        let sessions = section.texts("faults", "session").into_iter();
        self.struck
            .extend(sessions.map(|session| Struck { kind, session }));
    }

    pub(super) fn check(&self, root: &Section, scenario: &Scenario) {
        if let Some(end) = scenario.latest_end() {
            self.refuse_late(root, end);
        }
        self.refuse_brokered(root, scenario);
    }

    /// What is planned begins before the run's `end`.
    fn refuse_late(&self, root: &Section, end: Duration) {
        for late in self.starts.iter().filter(|start| start.value >= end) {
            let end = FriendlyDuration(end);
            let expected = format_args!(
                "expected a time before the end of the run, which is {end} after its start"
            );
            root.refuse_placed(late, expected);
        }
    }

    /// The requests of a broker have no session's number.
    fn refuse_brokered(&self, root: &Section, scenario: &Scenario) {
        for Struck { kind, session } in &self.struck {
            let number = session.value.parse().ok();
            let group = number.and_then(|number| scenario.brokered(*kind, number));
            if let Some(group) = group {
                let expected = format_args!(
                    "expected a session that asks IMDS itself: those of group \"{}\" ask a broker, whose requests have no session's number",
                    group.name
                );
                root.refuse_placed(session, expected);
            }
        }
    }
}
