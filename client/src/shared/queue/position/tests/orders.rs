//! The queue of commands in every order in which the steps of its processes can happen: the drawing of tickets, the looks at
//! them one by one, and the ends of processes, in order or killed. The steps are those of `queue.rs` and `queue/tickets.rs`;
//! who may start is decided by their code.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use uuid::Uuid;

use super::super::{Position, Ticket};
use crate::shared::tests::explore::{State, explore};

/// A process of the queue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Process {
    /// It wants the lock under which tickets are drawn.
    Comes,
    /// It has that lock, and knows the tickets that were there.
    Draws(Vec<Ticket>),
    /// Its ticket is held. It looks at those before it, of which so many were found to be held since the look began.
    Looks {
        mine: Ticket,
        before: Vec<Ticket>,
        seen: usize,
    },
    /// Its command runs.
    Runs(Ticket),
    /// It has removed its ticket's file, which it still holds.
    Leaves,
    /// It has ended.
    Ended,
}

/// The folder, and the processes with what each may run beside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Queue {
    /// The process that has the lock under which tickets are drawn.
    drawing: Option<usize>,
    /// The tickets' files, and whether a process holds each.
    files: BTreeMap<Ticket, bool>,
    processes: Vec<(NonZeroUsize, Process)>,
    /// How many may yet be killed.
    kills: usize,
    /// A process heeds what it may run beside itself, and not what those before it may: a mistake.
    selfish: bool,
}

impl Queue {
    fn of(at_once: &[usize], kills: usize) -> Self {
        let process = |at_once: &usize| {
            (
                NonZeroUsize::new(*at_once).expect("at least one"),
                Process::Comes,
            )
        };
        Self {
            drawing: None,
            files: BTreeMap::new(),
            processes: at_once.iter().map(process).collect(),
            kills,
            selfish: false,
        }
    }

    fn step(&self, index: usize) -> Option<(&'static str, Self)> {
        let mut after = self.clone();
        let (at_once, process) = &self.processes[index];
        let (name, next) = match process {
            Process::Comes if self.drawing.is_some() => return None,
            Process::Comes => {
                after.drawing = Some(index);
                (
                    "takes the lock and lists tickets",
                    Process::Draws(self.files.keys().copied().collect()),
                )
            }
            Process::Draws(before) => {
                let mine = Ticket::after(before, *at_once, Uuid::from_u128(index as u128));
                after.files.insert(mine, true);
                after.drawing = None;
                (
                    "draws a ticket",
                    Process::Looks {
                        mine,
                        before: before.clone(),
                        seen: 0,
                    },
                )
            }
            Process::Looks { mine, before, seen } => after.look(*mine, before.clone(), *seen),
            Process::Runs(mine) => {
                after.files.remove(mine);
                ("removes its ticket", Process::Leaves)
            }
            Process::Leaves => ("releases its ticket", Process::Ended),
            Process::Ended => return None,
        };
        after.processes[index].1 = next;
        Some((name, after))
    }

    /// One ticket is looked at, or the look ends: with a start, or to begin anew.
    fn look(
        &mut self,
        mine: Ticket,
        mut before: Vec<Ticket>,
        seen: usize,
    ) -> (&'static str, Process) {
        let mut position = Position::of(mine.at_once);
        let counted = before[..seen].iter();
        let at_once = |ticket: &Ticket| {
            if self.selfish {
                mine.at_once
            } else {
                ticket.at_once
            }
        };
        counted.for_each(|ticket| position.count(at_once(ticket)));
        if !position.may_start() {
            return (
                "pauses",
                Process::Looks {
                    mine,
                    before,
                    seen: 0,
                },
            );
        }
        let Some(ticket) = before.get(seen).copied() else {
            return ("starts", Process::Runs(mine));
        };
        if self.files.get(&ticket).copied().unwrap_or_default() {
            return (
                "finds a ticket held",
                Process::Looks {
                    mine,
                    before,
                    seen: seen + 1,
                },
            );
        }
        self.files.remove(&ticket);
        before.remove(seen);
        (
            "finds a ticket released",
            Process::Looks { mine, before, seen },
        )
    }

    /// Whatever it held is free, and its file is still there.
    fn killed(&self, index: usize) -> Option<Self> {
        let (_, process) = &self.processes[index];
        let mut after = self.clone();
        after.kills = self.kills.checked_sub(1)?;
        match process {
            Process::Ended => return None,
            Process::Looks { mine, .. } | Process::Runs(mine) => {
                after.files.insert(*mine, false);
            }
            Process::Comes | Process::Draws(_) | Process::Leaves => {}
        }
        after.drawing = self.drawing.filter(|drawing| *drawing != index);
        after.processes[index].1 = Process::Ended;
        Some(after)
    }
}

impl State for Queue {
    fn steps(&self) -> Vec<(String, Self)> {
        let all = 0..self.processes.len();
        let steps = all.clone().filter_map(|index| {
            let (name, after) = self.step(index)?;
            Some((format!("{index} {name}"), after))
        });
        let kills =
            all.filter_map(|index| Some((format!("{index} is killed"), self.killed(index)?)));
        steps.chain(kills).collect()
    }

    fn is_over(&self) -> bool {
        self.processes
            .iter()
            .all(|(_, process)| *process == Process::Ended)
    }

    fn flaw(&self) -> Option<String> {
        let running = self
            .processes
            .iter()
            .filter(|(_, process)| matches!(process, Process::Runs(_)));
        let running: Vec<usize> = running.map(|(at_once, _)| at_once.get()).collect();
        let crowded = running.iter().any(|at_once| running.len() > *at_once);
        crowded.then(|| format!("{} run, which allow {running:?}", running.len()))
    }
}

#[test]
fn in_no_order_do_more_run_than_one_of_them_allows_or_is_one_left_waiting() {
    for at_once in [[1, 1, 1], [2, 2, 2], [1, 2, 3], [3, 1, 2], [2, 1, 1]] {
        for kills in 0..=1 {
            let explored = explore(Queue::of(&at_once, kills));
            assert!(
                explored.as_ref().is_ok_and(|states| *states > 100),
                "{at_once:?}, {kills}: {explored:#?}"
            );
        }
    }
}

#[test]
fn the_same_search_finds_a_process_that_heeds_its_own_number_alone() {
    let queue = Queue {
        selfish: true,
        ..Queue::of(&[1, 2], 0)
    };
    let way = explore(queue).expect_err("both run");
    assert_eq!(
        way.last().map(String::as_str),
        Some("2 run, which allow [1, 2]")
    );
}
