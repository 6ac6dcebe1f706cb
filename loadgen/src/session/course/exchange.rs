//! Where a script leaves its question and finds the answer.

use std::future;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;
use std::time::Duration;

use super::{Effect, Ending, Heard, Why};

/// A place for one question and one answer, shared by a script and its driver.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange(Arc<Mutex<Place>>);

#[derive(Debug, Default)]
struct Place {
    now: Duration,
    question: Option<Effect>,
    answer: Option<Heard>,
    so_far: Ending,
}

impl Exchange {
    /// The driver's side: the answer to the question before, and the time.
    pub(super) fn answer(&self, now: Duration, heard: Heard) {
        let mut place = self.lock();
        place.now = now;
        place.answer = Some(heard);
    }

    /// The driver's side: what is asked now.
    pub(super) fn question(&self) -> Effect {
        let question = self.lock().question.take();
        question.expect("a script waits for nothing but answers")
    }

    /// The driver's side: how the session has fared.
    pub(super) fn so_far(&self) -> Ending {
        self.lock().so_far.clone()
    }

    /// The script's side: the time.
    pub(super) fn now(&self) -> Duration {
        self.lock().now
    }

    /// The script's side: notes that it works as another, or elsewhere, than it should.
    pub(super) fn note_wrong_context(&self) {
        self.lock().so_far.wrong_context = true;
    }

    /// The script's side: notes the failure of a step.
    pub(super) fn note_failure(&self, kind: &str) {
        let mut place = self.lock();
        place.so_far.failure.get_or_insert_with(|| kind.to_owned());
    }

    /// The script's side: waits to be resumed for the first time.
    pub(super) async fn begin(&self) {
        self.heard().await;
    }

    /// The script's side: asks, and waits for the answer.
    pub(super) async fn ask(&self, effect: Effect) -> Heard {
        self.lock().question = Some(effect);
        self.heard().await
    }

    /// The script's side: waits for time to go by.
    pub(super) async fn wait(&self, length: Duration, why: Why) {
        self.ask(Effect::Wait(length, why)).await;
    }

    async fn heard(&self) -> Heard {
        future::poll_fn(|_| self.taken()).await
    }

    fn taken(&self) -> Poll<Heard> {
        self.lock().answer.take().map_or(Poll::Pending, Poll::Ready)
    }

    fn lock(&self) -> MutexGuard<'_, Place> {
        let place = self.0.lock();
        place.expect("neither side panics while it holds the place")
    }
}
