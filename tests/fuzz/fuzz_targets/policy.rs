//! A file of policies. What is read is written and read again as the same; an acquisition by it keeps the policy's limits
//! whatever the outcomes are; what is refused is refused with places.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use imds_client::policy::{Policy, from_toml};
use imds_client::{Acquisition, Outcome, RetryAfter, Step, TransportFailure};
use imds_fuzz::documents::{moved, place};
use libfuzzer_sys::fuzz_target;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const NAME: &str = "mine.toml";

/// More attempts than are looked at: a policy may retry without end.
const MOST_STEPS: usize = 60;

fuzz_target!(|text: &str| {
    let read = from_toml(NAME, text);
    match &read {
        Ok(policies) => {
            is_read_again(policies);
            policies.values().for_each(acquire);
        }
        Err(errors) => {
            // A message may hold a line end, so that only the first of the error is sure to be one of its own.
            let errors = errors.to_string();
            let _place = place(NAME, text, errors.lines().next().unwrap_or_default());
        }
    }
    if let Some(moved) = moved(text) {
        let again = from_toml(NAME, &moved);
        assert_eq!(
            read.as_ref().ok(),
            again.as_ref().ok(),
            "a comment changes what is read"
        );
    }
});

fn is_read_again(policies: &BTreeMap<String, Arc<Policy>>) {
    let plain: BTreeMap<_, _> = policies
        .iter()
        .map(|(name, policy)| (name, &**policy))
        .collect();
    let written =
        toml::to_string(&BTreeMap::from([("policies", plain)])).expect("it can be written");
    let again = from_toml("written.toml", &written);
    assert_eq!(again.as_ref(), Ok(policies), "{written}");
}

fn acquire(policy: &Arc<Policy>) {
    for first in 0..OUTCOMES.len() {
        let mut rng = ChaCha8Rng::seed_from_u64(first as u64);
        let (mut acquisition, mut now) = (
            Acquisition::begin(Arc::clone(policy), Duration::ZERO),
            Duration::ZERO,
        );
        for (step, outcome) in OUTCOMES
            .iter()
            .cycle()
            .skip(first)
            .take(MOST_STEPS)
            .enumerate()
        {
            assert_eq!(acquisition.attempts() as usize, step + 1);
            assert!(
                policy
                    .max_attempts
                    .is_none_or(|most| acquisition.attempts() <= most.max(1))
            );
            now = match acquisition.after(outcome, now, &mut rng) {
                Step::Send => now,
                Step::WaitUntil(at) => {
                    assert!(at > now, "a wait for {at:?} at {now:?}");
                    at
                }
                Step::Failed(_) => break,
                Step::Done => panic!("{outcome:?} is no success"),
            };
            assert!(
                policy.deadline.is_none_or(|deadline| now < deadline),
                "an attempt at {now:?}"
            );
        }
    }
}

const OUTCOMES: [Outcome; 8] = [
    status(429, Some(1), None),
    status(500, None, None),
    status(404, None, Some(1500)),
    Outcome::Malformed,
    Outcome::Transport(TransportFailure::Timeout),
    status(410, Some(u64::MAX), Some(u64::MAX)),
    Outcome::Transport(TransportFailure::Connect),
    status(400, None, None),
];

const fn status(status: u16, seconds: Option<u64>, milliseconds: Option<u64>) -> Outcome {
    let retry_after = RetryAfter {
        seconds: match seconds {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => None,
        },
        date: None,
        milliseconds: match milliseconds {
            Some(milliseconds) => Some(Duration::from_millis(milliseconds)),
            None => None,
        },
    };
    Outcome::Status {
        status,
        retry_after,
    }
}
