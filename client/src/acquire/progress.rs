//! What one layer of a policy has used of its limits, and whether it may retry once more.

use std::time::Duration;

use rand::Rng;

use crate::outcome::{GaveUp, Outcome};
use crate::policy::{Layer, Rule, Situation};

/// What a layer has used since its first attempt.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    first_failure: Option<Duration>,
    retries: u32,
    /// Of rules with a limit of their own, by the rule's place in the layer; those behind the last one used are missing.
    by_rule: Vec<u32>,
    /// The limit that its first failure set, if the layer has `first_failure_sets_limit`.
    set_limit: Option<u32>,
    previous_wait: Option<Duration>,
}

impl Progress {
    /// Uses one retry for the outcome, and returns the wait before it.
    #[inline]
    pub(super) fn retry(
        &mut self,
        layer: &Layer,
        outcome: &Outcome,
        now: Duration,
        elapsed: Duration,
        rng: &mut dyn Rng,
    ) -> Result<Duration, GaveUp> {
        let (index, rule) = self.choose(layer, outcome, elapsed)?;
        let failing = now.saturating_sub(*self.first_failure.get_or_insert(now));
        let spent = layer.give_up_after.is_some_and(|limit| failing >= limit);
        if spent && !rule.persists(elapsed) {
            return Err(GaveUp::TimeLimit);
        }
        let situation = Situation {
            retry: self.retries + 1,
            elapsed,
            previous: self.previous_wait,
        };
        let wait = rule.wait(outcome, &situation, rng)?;
        self.retries += 1;
        if rule.max_retries.is_some() {
            self.count(index);
        }
        self.previous_wait = Some(wait);
        Ok(wait)
    }

    fn count(&mut self, index: usize) {
        if index >= self.by_rule.len() {
            self.by_rule.resize(index + 1, 0);
        }
        self.by_rule[index] += 1;
    }

    /// The first rule that matches the outcome and has retries left.
    #[inline]
    fn choose<'a>(
        &mut self,
        layer: &'a Layer,
        outcome: &Outcome,
        elapsed: Duration,
    ) -> Result<(usize, &'a Rule), GaveUp> {
        let rules = layer.rules.iter().enumerate();
        let mut matching = rules.filter(|(_, rule)| rule.matches(outcome));
        let first = matching.next().ok_or(GaveUp::NotRetryable)?;
        if layer.first_failure_sets_limit {
            self.set_limit = self.set_limit.or(first.1.max_retries);
        }
        let may_retry = |(index, rule): &(usize, &Rule)| {
            rule.persists(elapsed) || self.may_retry(layer, *index, rule)
        };
        if may_retry(&first) {
            return Ok(first);
        }
        matching.find(may_retry).ok_or(GaveUp::RetriesExhausted)
    }

    fn may_retry(&self, layer: &Layer, index: usize, rule: &Rule) -> bool {
        let below = |spent: u32, limit: Option<u32>| limit.is_none_or(|limit| spent < limit);
        let by_rule = self.by_rule.get(index).copied().unwrap_or(0);
        let rule_limit = if layer.first_failure_sets_limit {
            None
        } else {
            rule.max_retries
        };
        below(self.retries, layer.max_retries)
            && below(self.retries, self.set_limit)
            && below(by_rule, rule_limit)
    }
}
