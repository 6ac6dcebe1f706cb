//! Where the attempts of one process wait for their turn.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as Line, Notify};
use tokio::time::{Instant, sleep_until};

use super::limits::Pace;
use super::pacer::{Pacer, Turn};
use crate::transport::Pass;

/// Where attempts wait for their turn.
pub(crate) trait Gate: fmt::Debug + Send + Sync {
    /// Waits for a turn, which is held until the pass is dropped.
    fn pass(&self) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>>;
}

/// Lets the attempts of this process through in the order in which they came.
#[derive(Debug)]
pub(super) struct ProcessGate {
    /// Who holds it is first in line; tokio's mutex is fair.
    line: Line<()>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    pacer: Mutex<Pacer>,
    began: Instant,
    /// Someone is done.
    done: Notify,
}

impl ProcessGate {
    pub(super) fn new(pace: Pace) -> Self {
        let state = State {
            pace,
            pacer: Mutex::default(),
            began: Instant::now(),
            done: Notify::new(),
        };
        Self {
            line: Line::new(()),
            state: Arc::new(state),
        }
    }

    /// Waits in line. Whoever is dropped there leaves it, and has cost nobody anything.
    async fn turn(&self) -> Passed {
        let _first = self.line.lock().await;
        loop {
            let turn = self.state.ask();
            match turn {
                Turn::Go(number) => {
                    let state = Arc::clone(&self.state);
                    return Passed { state, number };
                }
                Turn::Wait(at) => tokio::select! {
                    () = sleep_until(self.state.began + at) => {}
                    () = self.state.done.notified() => {}
                },
            }
        }
    }
}

impl Gate for ProcessGate {
    fn pass(&self) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>> {
        Box::pin(async { Pass::held(self.turn().await) })
    }
}

impl State {
    fn ask(&self) -> Turn {
        self.pacer().ask(&self.pace, self.began.elapsed())
    }

    fn pacer(&self) -> MutexGuard<'_, Pacer> {
        self.pacer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that is through; the next may follow once it is dropped.
#[derive(Debug)]
struct Passed {
    state: Arc<State>,
    number: u64,
}

impl Drop for Passed {
    fn drop(&mut self) {
        self.state.pacer().done(self.number);
        self.state.done.notify_one();
    }
}

#[cfg(test)]
mod tests;
