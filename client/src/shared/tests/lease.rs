//! One token in every order in which the steps of some processes can happen, while time passes, processes are stopped for a
//! while, and one is killed. The steps are the reads and writes of `client.rs` and `leading.rs`, one file at a time; what to
//! do is decided by their code.

use std::time::Duration;

use super::explore::{State, explore};
use crate::shared::decision::{Decision, Snapshot};
use crate::shared::lease::{LEASE, Lease, RENEWAL};
use crate::shared::record::tests::obtained;

/// The wall clock, which all times of a state are relative to, so that there are not endlessly many states.
const NOW: Duration = Duration::from_secs(1_000_000);

/// How many renewals a lease lasts.
const WHOLE: u8 = 4;

/// The end of a lease in the file, in renewals from now on, and its holder.
type Held = Option<(usize, u8)>;

/// A process that wants the token. An age is that of the time that it has read from the clock, in renewals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Process {
    Begins,
    /// It has seen whether there is a token.
    Saw(bool),
    /// It has seen both.
    SawBoth(bool, Held),
    /// It is to ask, and wants the lock.
    Wants,
    /// It has the lock and knows the time.
    Locks {
        age: u8,
    },
    /// It has seen again whether there is a token.
    SawAgain {
        token: bool,
        age: u8,
    },
    /// It is to write its lease.
    Leads {
        age: u8,
    },
    /// It has written that, and still has the lock.
    Led,
    Asks,
    /// It asks, and has the lock to renew its lease; then it has seen whether the lease is its own.
    Renews {
        mine: Option<bool>,
        age: u8,
    },
    /// It has the token, and wants the lock to write it.
    Received,
    /// It has that lock.
    Writes,
    /// The token is written. It wants the lock to release its lease.
    Wrote,
    /// It has that lock; then it has seen whether the lease is its own.
    Releases {
        mine: Option<bool>,
    },
    /// It has used the token, or was killed.
    Ended,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Files {
    token: bool,
    lease: Held,
    lock: Option<usize>,
    /// Each process, and when the lease that it has written last ends.
    processes: Vec<(Process, u8)>,
    kills: usize,
    time_passes: bool,
    /// How many requests were sent; 2 are many.
    asked: u8,
    /// The process that took the lease while another asked whose own had not ended.
    torn: Option<usize>,
    /// A process does not read the files again once it has the lock: a mistake.
    hasty: bool,
}

impl Files {
    fn of(processes: usize) -> Self {
        Self {
            token: false,
            lease: None,
            lock: None,
            processes: vec![(Process::Begins, 0); processes],
            kills: 0,
            time_passes: false,
            asked: 0,
            torn: None,
            hasty: false,
        }
    }

    fn step(&self, index: usize) -> Option<(&'static str, Self)> {
        let (mut after, process) = (self.clone(), self.processes[index].0);
        let (name, next) = after
            .looks(index, process)
            .or_else(|| after.leads(index, process))
            .or_else(|| after.ends(index, process))?;
        after.processes[index].0 = next;
        Some((name, after))
    }

    /// The steps to a decision.
    fn looks(&mut self, index: usize, process: Process) -> Option<(&'static str, Process)> {
        Some(match process {
            Process::Begins => ("reads the token", Process::Saw(self.token)),
            Process::Saw(token) => ("reads the lease", Process::SawBoth(token, self.lease)),
            Process::SawBoth(token, lease) => ("decides", decided(token, lease, 0, Process::Wants)),
            Process::Wants if self.lock.is_some() => ("finds the lock taken", Process::Begins),
            Process::Wants if self.hasty => self.lock(index, Process::Leads { age: 0 }),
            Process::Wants => self.lock(index, Process::Locks { age: 0 }),
            Process::Locks { age } => {
                let token = self.token;
                ("reads the token again", Process::SawAgain { token, age })
            }
            Process::SawAgain { token, age } => {
                match decided(token, self.lease, age, Process::Leads { age }) {
                    Process::Leads { age } => ("decides to ask", Process::Leads { age }),
                    other => self.unlock("releases the lock", other),
                }
            }
            _ => return None,
        })
    }

    /// The steps of a process that asks for all.
    fn leads(&mut self, index: usize, process: Process) -> Option<(&'static str, Process)> {
        Some(match process {
            Process::Leads { age } => {
                let asks = |(process, left): &(Process, u8)| {
                    *left > 0 && matches!(process, Process::Asks | Process::Renews { .. })
                };
                self.torn = self.processes.iter().any(asks).then_some(index);
                self.write_lease(index, age);
                ("writes its lease", Process::Led)
            }
            Process::Led => {
                self.asked = (self.asked + 1).min(2);
                self.unlock("asks", Process::Asks)
            }
            Process::Asks => ("has its answer", Process::Received),
            Process::Renews { mine: None, age } => {
                let mine = Some(self.is_of(index));
                ("reads the lease", Process::Renews { mine, age })
            }
            Process::Renews { mine, age } => {
                if mine == Some(true) {
                    self.write_lease(index, age);
                }
                self.unlock("has renewed its lease", Process::Asks)
            }
            _ => return None,
        })
    }

    /// The steps of a process that has its answer.
    fn ends(&mut self, index: usize, process: Process) -> Option<(&'static str, Process)> {
        Some(match process {
            Process::Received if self.lock.is_none() => self.lock(index, Process::Writes),
            Process::Received => {
                self.token = true;
                ("writes the token without the lock", Process::Wrote)
            }
            Process::Writes => {
                self.token = true;
                self.unlock("writes the token", Process::Wrote)
            }
            Process::Wrote if self.lock.is_none() => {
                self.lock(index, Process::Releases { mine: None })
            }
            Process::Wrote => ("leaves its lease", Process::Ended),
            Process::Releases { mine: None } => {
                let mine = Some(self.is_of(index));
                ("reads the lease", Process::Releases { mine })
            }
            Process::Releases { mine } => {
                self.lease = self.lease.filter(|_| mine != Some(true));
                self.unlock("has released its lease", Process::Ended)
            }
            _ => return None,
        })
    }

    /// One that asks renews its lease as soon as the lock is free, or has its answer first.
    fn renewal(&self, index: usize) -> Option<Self> {
        let mut after = self.clone();
        let free = self.lock.is_none() && self.processes[index].0 == Process::Asks;
        after.processes[index].0 = after.lock(index, Process::Renews { mine: None, age: 0 }).1;
        (free && self.time_passes).then_some(after)
    }

    fn lock(&mut self, index: usize, next: Process) -> (&'static str, Process) {
        self.lock = Some(index);
        ("takes the lock", next)
    }

    fn unlock(&mut self, name: &'static str, next: Process) -> (&'static str, Process) {
        self.lock = None;
        (name, next)
    }

    fn is_of(&self, index: usize) -> bool {
        self.lease
            .is_some_and(|(holder, left)| lease(holder, left).is_of(index as u64))
    }

    fn write_lease(&mut self, index: usize, age: u8) {
        let left = WHOLE.saturating_sub(age);
        self.lease = Some((index, left));
        self.processes[index].1 = left;
    }

    /// The time of a renewal passes.
    fn later(&self) -> Option<Self> {
        let mut after = self.clone();
        let ended = |(holder, left): (usize, u8)| (holder, left.saturating_sub(1));
        after.lease = self.lease.map(ended);
        for (process, left) in &mut after.processes {
            *left = left.saturating_sub(1);
            match process {
                Process::SawBoth(_, lease) => *lease = lease.map(ended),
                Process::Locks { age }
                | Process::SawAgain { age, .. }
                | Process::Leads { age }
                | Process::Renews { age, .. } => {
                    *age = (*age + 1).min(WHOLE);
                }
                _ => {}
            }
        }
        (self.time_passes && after != *self).then_some(after)
    }

    /// The system releases its lock.
    fn killed(&self, index: usize) -> Option<Self> {
        let mut after = self.clone();
        after.kills = self.kills.checked_sub(1)?;
        after.lock = self.lock.filter(|holder| *holder != index);
        after.processes[index].0 = Process::Ended;
        (self.processes[index].0 != Process::Ended).then_some(after)
    }
}

/// What follows for a process that has seen this; `ask`, if it is to ask.
fn decided(token: bool, held: Held, age: u8, ask: Process) -> Process {
    let token = token.then(|| (obtained(NOW.as_secs() - 60, 86_400).life, ()));
    let lease = held.map(|(holder, left)| lease(holder, left));
    let seen = Snapshot::<(), ()> {
        token,
        lease,
        hold: None,
        failure: None,
    };
    match seen.decide(NOW.saturating_sub(RENEWAL * u32::from(age))) {
        Decision::Use(()) => Process::Ended,
        Decision::Ask => ask,
        Decision::Wait => Process::Begins,
        other => panic!("{other:?}"),
    }
}

fn lease(holder: usize, left: u8) -> Lease {
    let end = NOW + RENEWAL * u32::from(left);
    Lease::begin(holder as u64, end.saturating_sub(LEASE))
}

impl State for Files {
    fn steps(&self) -> Vec<(String, Self)> {
        let mut steps: Vec<_> = self
            .later()
            .map(|after| ("time passes".to_owned(), after))
            .into_iter()
            .collect();
        for index in 0..self.processes.len() {
            let step = self
                .step(index)
                .map(|(name, after)| (format!("{index} {name}"), after));
            let renewal = self
                .renewal(index)
                .map(|after| (format!("{index} is to renew its lease"), after));
            let killed = self
                .killed(index)
                .map(|after| (format!("{index} is killed"), after));
            steps.extend(step.into_iter().chain(renewal).chain(killed));
        }
        steps
    }

    fn is_over(&self) -> bool {
        self.processes
            .iter()
            .all(|(process, _)| *process == Process::Ended)
    }

    fn flaw(&self) -> Option<String> {
        if let Some(taker) = self.torn {
            return Some(format!("{taker} took a lease that had not ended"));
        }
        let often = self.asked > 1 && !self.time_passes;
        often.then(|| "two requests for one token".to_owned())
    }
}

#[test]
fn while_no_process_is_stopped_one_request_is_sent_in_whatever_order_they_act() {
    let explored = explore(Files::of(3));
    assert!(
        explored.as_ref().is_ok_and(|states| *states > 100),
        "{explored:#?}"
    );
}

#[test]
fn whoever_is_stopped_or_killed_no_lease_is_taken_before_it_ends_and_all_have_the_token() {
    for kills in 0..=1 {
        let files = Files {
            kills,
            time_passes: true,
            ..Files::of(2)
        };
        let explored = explore(files);
        assert!(
            explored.as_ref().is_ok_and(|states| *states > 1000),
            "{kills}: {explored:#?}"
        );
    }
}

#[test]
fn the_same_search_finds_a_process_that_does_not_read_again() {
    let hasty = explore(Files {
        hasty: true,
        ..Files::of(2)
    });
    assert!(hasty.is_err_and(|way| way.len() > 5));
}

#[test]
fn a_lease_lasts_as_many_renewals_as_the_states_count() {
    assert_eq!(RENEWAL * u32::from(WHOLE), LEASE);
}
