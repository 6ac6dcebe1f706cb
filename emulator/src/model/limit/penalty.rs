//! A time after a refusal in which everything of the category is refused.

use std::time::Duration;

/// Begins with a refusal by the rate or the concurrency. What it refuses itself does not lengthen it
/// (assumed, as the penalty is).
#[derive(Debug, Default)]
pub(super) struct Penalty {
    length: Option<Duration>,
    until: Duration,
}

impl Penalty {
    pub(super) fn set(&mut self, length: Option<Duration>) {
        self.length = length;
        if length.is_none() {
            self.until = Duration::ZERO;
        }
    }

    /// When it is over: a request at that instant is not refused by it.
    pub(super) fn until(&self) -> Duration {
        self.until
    }

    pub(super) fn is_on(&self, now: Duration) -> bool {
        now < self.until
    }

    pub(super) fn begin(&mut self, now: Duration) {
        if let Some(length) = self.length
            && !self.is_on(now)
        {
            self.until = now + length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn ends_exactly_when_said_however_often_it_refuses() {
        let mut penalty = Penalty::default();
        penalty.set(Some(SECOND * 2));
        assert!(!penalty.is_on(SECOND));
        penalty.begin(SECOND);
        penalty.begin(SECOND * 2);
        let just_before = (SECOND * 3).checked_sub(Duration::from_nanos(1)).unwrap();
        assert!(penalty.is_on(just_before));
        assert!(!penalty.is_on(SECOND * 3));
        assert_eq!(penalty.until(), SECOND * 3);
    }

    #[test]
    fn is_lifted_when_it_is_switched_off() {
        let mut penalty = Penalty::default();
        penalty.set(Some(SECOND));
        penalty.begin(SECOND);
        penalty.set(None);
        assert!(!penalty.is_on(SECOND));
        penalty.begin(SECOND);
        assert!(!penalty.is_on(SECOND));
    }
}
