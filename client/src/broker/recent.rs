//! Answers that are handed out once more for a short time. It is given the time, and reads no clock.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::wire::Answer;

/// So long after its receipt an answer is handed out: the second in which IMDS serves five of them (documented).
/// So every reader of the same costs one request a second, and sees a change a second later at most. (Ours.)
pub(super) const LIFE: Duration = Duration::from_secs(1);

/// All of a request that its answer may depend on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AnswerKey {
    /// Path and query as the client sent them.
    pub(super) target: String,
    /// The headers that are forwarded, but for those that only say who asks.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// The latest answers, and the requests in progress, by what was asked.
#[derive(Debug)]
pub(super) struct Recent<F> {
    answers: BTreeMap<AnswerKey, (Duration, Answer)>,
    flights: BTreeMap<AnswerKey, F>,
}

/// What there is for a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<F> {
    /// An answer that is recent enough.
    Answer(Answer),
    /// The same request in progress; its answer will do.
    Flight(F),
    /// Nothing: this request is in progress from now on.
    Begun(F),
}

impl<F> Default for Recent<F> {
    fn default() -> Self {
        Self {
            answers: BTreeMap::new(),
            flights: BTreeMap::new(),
        }
    }
}

impl<F: Clone> Recent<F> {
    /// What there is at `now`. A request for which there is nothing is in progress as what `begin` makes.
    pub(super) fn find(
        &mut self,
        key: &AnswerKey,
        now: Duration,
        begin: impl FnOnce() -> F,
    ) -> Found<F> {
        self.answers.retain(|_, (until, _)| now < *until);
        if let Some((_, answer)) = self.answers.get(key) {
            return Found::Answer(answer.clone());
        }
        if let Some(flight) = self.flights.get(key) {
            return Found::Flight(flight.clone());
        }
        let flight = begin();
        self.flights.insert(key.clone(), flight.clone());
        Found::Begun(flight)
    }

    /// The request in progress has ended at `now`, with this answer or with none. Only a 200 is kept: an error is
    /// for those who wait already, and the next client asks again.
    pub(super) fn ended(&mut self, key: &AnswerKey, answer: Option<&Answer>, now: Duration) {
        self.flights.remove(key);
        if let Some(answer) = answer.filter(|answer| answer.status == 200) {
            let until = now.saturating_add(LIFE);
            self.answers.insert(key.clone(), (until, answer.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(target: &str) -> AnswerKey {
        AnswerKey {
            target: target.to_owned(),
            headers: Vec::new(),
        }
    }

    fn answer(status: u16) -> Answer {
        Answer {
            status,
            headers: Vec::new(),
            body: b"as it came".to_vec(),
        }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_same_request_joins_the_one_in_progress_and_has_its_answer_for_a_second() {
        let mut recent = Recent::default();
        assert_eq!(recent.find(&key("/a"), ms(0), || 1), Found::Begun(1));
        assert_eq!(recent.find(&key("/a"), ms(5), || 2), Found::Flight(1));
        recent.ended(&key("/a"), Some(&answer(200)), ms(10));
        let found = recent.find(&key("/a"), ms(1009), || 3);
        assert_eq!(found, Found::Answer(answer(200)));
        assert_eq!(recent.find(&key("/a"), ms(1010), || 4), Found::Begun(4));
    }

    #[test]
    fn another_request_has_an_answer_of_its_own() {
        let mut recent = Recent::default();
        recent.find(&key("/a"), ms(0), || 1);
        recent.ended(&key("/a"), Some(&answer(200)), ms(0));
        let accepting = AnswerKey {
            headers: vec![("accept", "text/plain".to_owned())],
            ..key("/a")
        };
        assert_eq!(recent.find(&key("/a?x"), ms(1), || 2), Found::Begun(2));
        assert_eq!(recent.find(&accepting, ms(1), || 3), Found::Begun(3));
    }

    #[test]
    fn an_error_is_not_kept_and_nor_is_nothing() {
        let mut recent = Recent::default();
        for end in [Some(answer(404)), Some(answer(429)), None] {
            assert_eq!(recent.find(&key("/a"), ms(0), || 1), Found::Begun(1));
            recent.ended(&key("/a"), end.as_ref(), ms(0));
        }
    }

    #[test]
    fn old_answers_take_no_memory() {
        let mut recent = Recent::default();
        for number in 0..100 {
            let key = key(&number.to_string());
            recent.find(&key, ms(1000 * number), || 1);
            recent.ended(&key, Some(&answer(200)), ms(1000 * number));
        }
        assert_eq!((recent.answers.len(), recent.flights.len()), (1, 0));
    }
}
