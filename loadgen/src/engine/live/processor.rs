//! The processor of a live run: sessions sleep until their share of it has done their work, and this
//! machine's own cores do nothing for it.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::task::JoinSet;

use super::watch::Watch;
use crate::engine::processor::Processor;
use crate::scenario::processor::Cores;

/// The processor that all sessions of a run share.
#[derive(Debug)]
pub(super) struct LiveProcessor {
    processor: Mutex<Processor<oneshot::Sender<()>>>,
    /// A job has begun, so the next end is another one.
    begun: Notify,
}

impl LiveProcessor {
    pub(super) fn new(cores: Cores) -> Self {
        Self {
            processor: Mutex::new(Processor::new(cores)),
            begun: Notify::new(),
        }
    }

    /// Keeps one core busy for so long, beside all others that do so; returns when that began.
    pub(super) async fn work(&self, length: Duration, watch: Watch) -> Duration {
        let (done, wait) = oneshot::channel();
        let began = {
            let mut processor = self.lock();
            let now = watch.now();
            processor.begin(now, length, done);
            now
        };
        self.begun.notify_one();
        wait.await
            .expect("the processor runs as long as sessions do");
        began
    }

    /// Ends jobs when their work is done, until what is returned is dropped.
    #[must_use]
    pub(super) fn start(self: Arc<Self>, watch: Watch) -> JoinSet<()> {
        let mut running = JoinSet::new();
        running.spawn(async move { self.run(watch).await });
        running
    }

    async fn run(&self, watch: Watch) {
        loop {
            let next_end = self.end_jobs(watch);
            let end = async {
                match next_end {
                    Some(at) => watch.until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = end => {}
                () = self.begun.notified() => {}
            }
        }
    }

    /// Ends the jobs whose work is done; when the next one ends.
    fn end_jobs(&self, watch: Watch) -> Option<Duration> {
        let mut processor = self.lock();
        for done in processor.take_ended(watch.now()) {
            // A session that the end of the run has stopped waits no longer.
            let _gone = done.send(());
        }
        processor.next_end()
    }

    fn lock(&self) -> MutexGuard<'_, Processor<oneshot::Sender<()>>> {
        self.processor.lock().expect("no holder of the lock panics")
    }
}
