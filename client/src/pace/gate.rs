//! Where the attempts of one process wait for their turn.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it reads the clock and waits"
)]

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as FairMutex, Notify};
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
    /// Its holder is first in the queue; tokio's mutex is fair.
    queue: FairMutex<()>,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    pacer: Mutex<Pacer>,
    began: Instant,
    /// An attempt has ended.
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
            queue: FairMutex::new(()),
            state: Arc::new(state),
        }
    }

    /// Waits in the queue. A caller that is dropped there leaves it, and does not delay the others.
    async fn turn(&self) -> TurnGuard {
        let _first = self.queue.lock().await;
        loop {
            let turn = self.state.ask();
            match turn {
                Turn::Go(number) => {
                    let state = Arc::clone(&self.state);
                    return TurnGuard { state, number };
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

/// The turn of one attempt; the next may follow once it is dropped.
#[derive(Debug)]
struct TurnGuard {
    state: Arc<State>,
    number: u64,
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        self.state.pacer().done(self.number);
        self.state.done.notify_one();
    }
}

#[cfg(test)]
mod tests;
