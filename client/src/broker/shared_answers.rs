//! One request to IMDS for all clients that read the same at about the same time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::recent::{AnswerKey, Found, Recent};
use crate::clock::LifeClock;
use crate::error::OperationError;
use crate::wire::Answer;

/// What IMDS answered last, or why there was no answer.
pub(super) type Ended = Result<Answer, Box<OperationError>>;

/// Those that wait for a request in progress; empty until it has ended.
type Waiters = Arc<watch::Sender<Option<Ended>>>;

/// Answers that clients share.
#[derive(Debug, Clone)]
pub(super) struct SharedAnswers {
    recent: Arc<Mutex<Recent<Waiters>>>,
    /// Answers age by it.
    clock: LifeClock,
}

impl SharedAnswers {
    pub(super) fn new() -> Self {
        Self {
            recent: Arc::default(),
            clock: LifeClock::start(),
        }
    }

    /// A recent answer, or that of the request in progress, which `ask` begins if there is none. The request runs
    /// in a task of its own for as long as a client waits for it. `None` if that task is lost.
    pub(super) async fn get<A>(&self, key: AnswerKey, ask: impl FnOnce() -> A) -> Option<Ended>
    where
        A: Future<Output = Option<Ended>> + Send + 'static,
    {
        let mut receiver = match self.find(&key) {
            Place::Answer(answer) => return Some(Ok(answer)),
            Place::Waiting(receiver) => receiver,
            Place::First(receiver, waiters) => {
                let flight = Flight::new(self, key, waiters);
                tokio::spawn(flight.run(ask()));
                receiver
            }
        };
        let ended = receiver.wait_for(Option::is_some).await;
        ended.ok()?.clone()
    }

    /// What there is. A receiver begins to wait before the flight can end.
    fn find(&self, key: &AnswerKey) -> Place {
        let begin = || Arc::new(watch::Sender::new(None));
        let mut recent = self.recent();
        match recent.find(key, self.clock.now(), begin) {
            Found::Answer(answer) => Place::Answer(answer),
            Found::Flight(waiters) => Place::Waiting(waiters.subscribe()),
            Found::Begun(waiters) => Place::First(waiters.subscribe(), waiters),
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent<Waiters>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a client is given.
enum Place {
    Answer(Answer),
    Waiting(watch::Receiver<Option<Ended>>),
    /// It is the first, and begins the request.
    First(watch::Receiver<Option<Ended>>, Waiters),
}

/// A request in progress. However it ends, it is no longer in progress then.
struct Flight {
    answers: SharedAnswers,
    key: AnswerKey,
    waiters: Waiters,
    has_ended: bool,
}

impl Flight {
    fn new(answers: &SharedAnswers, key: AnswerKey, waiters: Waiters) -> Self {
        Self {
            answers: answers.clone(),
            key,
            waiters,
            has_ended: false,
        }
    }

    async fn run(mut self, asked: impl Future<Output = Option<Ended>>) {
        let mut asked = std::pin::pin!(asked);
        while !self.has_ended {
            tokio::select! {
                ended = asked.as_mut() => self.end(ended),
                () = self.waiters.closed() => self.end_if_left(),
            }
        }
    }

    fn end(&mut self, ended: Option<Ended>) {
        let answer = ended.as_ref().and_then(|ended| ended.as_ref().ok());
        let now = self.answers.clock.now();
        self.answers.recent().ended(&self.key, answer, now);
        self.waiters.send_replace(ended);
        self.has_ended = true;
    }

    /// Ends if no client waits any more. None can begin to wait meanwhile.
    fn end_if_left(&mut self) {
        let mut recent = self.answers.recent();
        if self.waiters.receiver_count() == 0 {
            recent.ended(&self.key, None, self.answers.clock.now());
            self.has_ended = true;
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;
    use tokio::task::yield_now;

    use super::*;

    fn key() -> AnswerKey {
        AnswerKey {
            target: "/metadata/instance".to_owned(),
            headers: Vec::new(),
        }
    }

    /// A request that is answered when it is let go on.
    async fn asked(go_on: Arc<Semaphore>) -> Option<Ended> {
        let _permit = go_on.acquire().await.ok()?;
        Some(Ok(Answer {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        }))
    }

    fn go_on() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(0))
    }

    #[tokio::test]
    async fn a_request_goes_on_for_those_who_still_wait_when_the_first_has_left() {
        let (answers, go_on, hanging) = (SharedAnswers::new(), go_on(), go_on());
        let spawned = |answers: SharedAnswers, go_on: Arc<Semaphore>| {
            tokio::spawn(async move { answers.get(key(), || asked(go_on)).await })
        };
        let first = spawned(answers.clone(), Arc::clone(&go_on));
        yield_now().await;
        let second = spawned(answers.clone(), Arc::clone(&hanging));
        yield_now().await;
        first.abort();
        yield_now().await;
        go_on.add_permits(1);
        let answer = second.await.expect("it does not panic");
        assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn a_request_for_which_no_client_waits_any_more_is_dropped() {
        let (answers, hanging) = (SharedAnswers::new(), go_on());
        let only = {
            let (answers, hanging) = (answers.clone(), Arc::clone(&hanging));
            tokio::spawn(async move { answers.get(key(), || asked(hanging)).await })
        };
        yield_now().await;
        only.abort();
        while Arc::strong_count(&hanging) > 1 {
            yield_now().await;
        }
        let (go_on, next) = (go_on(), answers.clone());
        go_on.add_permits(1);
        let answer = next.get(key(), || asked(go_on)).await;
        assert!(matches!(answer, Some(Ok(_))), "{answer:?}");
    }
}
