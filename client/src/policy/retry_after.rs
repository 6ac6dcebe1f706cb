//! What a policy does with an answer's Retry-After.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Serialize};

use crate::outcome::{GaveUp, RetryAfter};

/// What a rule does with an answer's Retry-After.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryAfterRule {
    /// How it changes the rule's own wait.
    pub effect: RetryAfterEffect,
    /// The forms it reads, the preferred one first.
    pub accept: Vec<RetryAfterForm>,
    /// The longest Retry-After it accepts.
    #[serde(with = "compact::optional", skip_serializing_if = "Option::is_none")]
    pub limit: Option<Duration>,
    /// What it does with a longer one.
    pub above_limit: AboveLimit,
}

impl RetryAfterRule {
    /// The wait in the answer, in the preferred of the accepted forms.
    #[must_use]
    pub fn asked(&self, answer: RetryAfter) -> Option<Duration> {
        self.accept.iter().find_map(|form| form.of(answer))
    }

    /// The wait that follows from the rule's own wait and the answer's Retry-After. A Retry-After of
    /// zero has no effect.
    ///
    /// # Errors
    /// [`GaveUp::RetryAfterTooLong`] if the answer asks for more than the rule accepts.
    pub fn wait(&self, own: Duration, answer: RetryAfter) -> Result<Duration, GaveUp> {
        let Some(asked) = self.asked(answer).filter(|asked| !asked.is_zero()) else {
            return Ok(own);
        };
        match self.effect {
            RetryAfterEffect::Ignore => Ok(own),
            RetryAfterEffect::Replace => self.limited(asked),
            RetryAfterEffect::Floor => Ok(own.max(self.limited(asked)?)),
            RetryAfterEffect::Plus => Ok(self.limited(asked)?.saturating_add(own)),
        }
    }

    fn limited(&self, asked: Duration) -> Result<Duration, GaveUp> {
        match self.limit {
            Some(limit) if asked > limit => match self.above_limit {
                AboveLimit::GiveUp => Err(GaveUp::RetryAfterTooLong),
                AboveLimit::Clip => Ok(limit),
            },
            _ => Ok(asked),
        }
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for RetryAfterRule {
    /// Ignores it. If only the effect is set, seconds and dates are read, without limit.
    fn default() -> Self {
        Self {
            effect: RetryAfterEffect::Ignore,
            accept: vec![RetryAfterForm::Seconds, RetryAfterForm::Date],
            limit: None,
            above_limit: AboveLimit::GiveUp,
        }
    }
}

/// How a Retry-After changes the rule's own wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfterEffect {
    /// Not at all.
    #[default]
    Ignore,
    /// It is the wait.
    Replace,
    /// The wait is at least that long.
    Floor,
    /// The rule's own wait is added to it, so that clients with the same Retry-After do not retry
    /// together.
    Plus,
}

/// A form of Retry-After.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfterForm {
    /// `Retry-After: 120`.
    Seconds,
    /// `Retry-After: Fri, 31 Dec 1999 23:59:59 GMT`.
    Date,
    /// `retry-after-ms` or `x-ms-retry-after-ms`.
    Milliseconds,
}

impl RetryAfterForm {
    fn of(self, answer: RetryAfter) -> Option<Duration> {
        match self {
            Self::Seconds => answer.seconds,
            Self::Date => answer.date,
            Self::Milliseconds => answer.milliseconds,
        }
    }
}

/// What a rule does with a Retry-After above its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboveLimit {
    /// It makes no further attempt.
    #[default]
    GiveUp,
    /// It takes the limit instead.
    Clip,
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Duration = Duration::from_secs(3);

    fn seconds(seconds: u64) -> RetryAfter {
        RetryAfter {
            seconds: Some(Duration::from_secs(seconds)),
            ..RetryAfter::default()
        }
    }

    fn rule(effect: RetryAfterEffect) -> RetryAfterRule {
        RetryAfterRule {
            effect,
            ..RetryAfterRule::default()
        }
    }

    #[test]
    fn a_floor_only_lengthens_the_wait() {
        let floor = rule(RetryAfterEffect::Floor);
        assert_eq!(floor.wait(OWN, seconds(1)), Ok(OWN));
        assert_eq!(floor.wait(OWN, seconds(9)), Ok(Duration::from_secs(9)));
    }

    #[test]
    fn plus_adds_the_rules_own_wait() {
        let plus = rule(RetryAfterEffect::Plus);
        assert_eq!(plus.wait(OWN, seconds(9)), Ok(Duration::from_secs(12)));
        assert_eq!(plus.wait(OWN, RetryAfter::default()), Ok(OWN));
    }

    #[test]
    fn a_retry_after_of_zero_is_as_good_as_none() {
        assert_eq!(
            rule(RetryAfterEffect::Replace).wait(OWN, seconds(0)),
            Ok(OWN)
        );
    }

    #[test]
    fn a_form_that_is_not_accepted_is_not_seen() {
        let replace = rule(RetryAfterEffect::Replace);
        let answer = RetryAfter {
            milliseconds: Some(Duration::from_millis(5)),
            ..RetryAfter::default()
        };
        assert_eq!(replace.wait(OWN, answer), Ok(OWN));
    }

    #[test]
    fn the_form_accepted_first_is_preferred() {
        let accept = vec![RetryAfterForm::Milliseconds, RetryAfterForm::Seconds];
        let replace = RetryAfterRule {
            accept,
            ..rule(RetryAfterEffect::Replace)
        };
        let answer = RetryAfter {
            milliseconds: Some(Duration::from_millis(5)),
            ..seconds(9)
        };
        assert_eq!(replace.wait(OWN, answer), Ok(Duration::from_millis(5)));
    }

    #[test]
    fn above_its_limit_it_gives_up_or_clips() {
        let limited = RetryAfterRule {
            limit: Some(Duration::from_secs(25)),
            ..rule(RetryAfterEffect::Replace)
        };
        assert_eq!(limited.wait(OWN, seconds(25)), Ok(Duration::from_secs(25)));
        assert_eq!(
            limited.wait(OWN, seconds(26)),
            Err(GaveUp::RetryAfterTooLong)
        );
        let clipped = RetryAfterRule {
            above_limit: AboveLimit::Clip,
            ..limited
        };
        assert_eq!(clipped.wait(OWN, seconds(26)), Ok(Duration::from_secs(25)));
    }
}
