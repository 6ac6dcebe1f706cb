use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::policy::presets;

const THROTTLED: Outcome = Outcome::Status {
    status: 429,
    retry_after: NO_RETRY_AFTER,
};
const UPDATING: Outcome = Outcome::Status {
    status: 410,
    retry_after: NO_RETRY_AFTER,
};
const NO_RETRY_AFTER: RetryAfter = RetryAfter {
    seconds: None,
    date: None,
    milliseconds: None,
};

fn begin(layers: &str) -> Acquisition {
    let policy: Policy = toml::from_str(layers).expect("a policy");
    Acquisition::begin(Arc::new(policy), Duration::ZERO)
}

/// Fails at once with each of the outcomes; returns the steps.
fn steps(acquisition: &mut Acquisition, outcomes: &[Outcome]) -> Vec<Step> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut now = Duration::ZERO;
    let mut step = |outcome| {
        let step = acquisition.after(outcome, now, &mut rng);
        if let Step::WaitUntil(at) = step {
            now = at;
        }
        step
    };
    outcomes.iter().map(&mut step).collect()
}

fn at(seconds: u64) -> Step {
    Step::WaitUntil(Duration::from_secs(seconds))
}

const REJECTED: Outcome = Outcome::Status {
    status: 400,
    retry_after: NO_RETRY_AFTER,
};

const PROBE: &str = r#"
    attempt_timeout = "100s"
    probe = { statuses = ["400"], timeout = "1s" }
    [[layers]]
    max_retries = 1
    rules = [{ statuses = ["429"], delay = { fixed = "5s" } }]
"#;

#[test]
fn after_its_probe_it_goes_on_at_once_with_all_its_retries() {
    let mut acquisition = begin(PROBE);
    assert!(acquisition.is_probing());
    let taken = steps(&mut acquisition, &[REJECTED, THROTTLED, THROTTLED]);
    let expected = [Step::Send, at(5), Step::Failed(GaveUp::RetriesExhausted)];
    assert_eq!(taken, expected);
    assert!(!acquisition.is_probing());
    assert_eq!(acquisition.attempts(), 3);
}

#[test]
fn what_its_probe_does_not_expect_ends_it_and_a_token_ends_it_well() {
    let nothing = Outcome::Transport(TransportFailure::Timeout);
    for outcome in [THROTTLED, UPDATING, nothing, Outcome::Malformed] {
        let taken = steps(&mut begin(PROBE), &[outcome]);
        assert_eq!(taken, [Step::Failed(GaveUp::NotRetryable)], "{outcome:?}");
    }
    assert_eq!(steps(&mut begin(PROBE), &[Outcome::Success]), [Step::Done]);
}

#[test]
fn its_probe_has_a_time_limit_of_its_own() {
    let mut acquisition = begin(PROBE);
    let limit = |acquisition: &Acquisition| acquisition.attempt_limit(Duration::ZERO);
    assert_eq!(limit(&acquisition), Some(Duration::from_secs(1)));
    steps(&mut acquisition, &[REJECTED]);
    assert_eq!(limit(&acquisition), Some(Duration::from_secs(100)));
}

#[test]
fn its_probe_counts_in_the_limits_of_the_policy() {
    let mut acquisition = begin(&format!("max_attempts = 2\n{PROBE}"));
    let taken = steps(&mut acquisition, &[REJECTED, THROTTLED]);
    assert_eq!(taken, [Step::Send, Step::Failed(GaveUp::RetriesExhausted)]);
}

#[test]
fn a_retry_of_an_outer_layer_starts_the_inner_ones_afresh() {
    let mut acquisition = begin(
        r#"
        [[layers]]
        max_retries = 1
        rules = [{ statuses = ["429"], delay = { fixed = "1s" } }]
        [[layers]]
        max_retries = 1
        rules = [{ statuses = ["429", "410"], delay = { fixed = "10s" } }]
        "#,
    );
    let taken = steps(&mut acquisition, &[THROTTLED; 4]);
    assert_eq!(
        taken,
        [
            at(1),
            at(11),
            at(12),
            Step::Failed(GaveUp::RetriesExhausted)
        ]
    );
    assert_eq!(acquisition.attempts(), 4);
}

#[test]
fn within_a_layer_a_rule_without_retries_left_leaves_it_to_the_next() {
    let mut acquisition = begin(
        r#"
        [[layers]]
        rules = [
            { statuses = ["429"], max_retries = 1, delay = { fixed = "1s" } },
            { statuses = ["400-499"], max_retries = 1, delay = { fixed = "5s" } },
        ]
        "#,
    );
    let taken = steps(&mut acquisition, &[THROTTLED; 3]);
    assert_eq!(
        taken,
        [at(1), at(6), Step::Failed(GaveUp::RetriesExhausted)]
    );
}

#[test]
fn the_first_failure_can_set_the_limit_for_all_that_follow() {
    let layer = r#"
        [[layers]]
        first_failure_sets_limit = true
        rules = [
            { statuses = ["410"], max_retries = 3, delay = { fixed = "10s" } },
            { statuses = ["429"], max_retries = 1, delay = { fixed = "1s" } },
        ]
    "#;
    let exhausted = Step::Failed(GaveUp::RetriesExhausted);
    assert_eq!(
        steps(&mut begin(layer), &[THROTTLED, UPDATING]),
        [at(1), exhausted]
    );
    let taken = steps(
        &mut begin(layer),
        &[UPDATING, THROTTLED, THROTTLED, THROTTLED],
    );
    assert_eq!(taken, [at(10), at(11), at(12), exhausted]);
}

#[test]
fn a_layer_gives_up_once_it_has_failed_for_long_enough() {
    let mut acquisition = begin(
        r#"
        [[layers]]
        give_up_after = "5s"
        rules = [{ statuses = ["429"], delay = { fixed = "3s" } }]
        "#,
    );
    let taken = steps(&mut acquisition, &[THROTTLED; 3]);
    assert_eq!(taken, [at(3), at(6), Step::Failed(GaveUp::TimeLimit)]);
}

#[test]
fn a_wait_that_would_end_after_the_deadline_is_not_begun() {
    let mut acquisition = begin(
        r#"
        deadline = "5s"
        layers = [{ rules = [{ statuses = ["429"], delay = { fixed = "3s" } }] }]
        "#,
    );
    let taken = steps(&mut acquisition, &[THROTTLED; 2]);
    assert_eq!(taken, [at(3), Step::Failed(GaveUp::TimeLimit)]);
}

#[test]
fn an_attempt_may_take_its_timeout_but_not_pass_the_deadline() {
    let acquisition = begin("attempt_timeout = \"2s\"\ndeadline = \"5s\"");
    let limit = |seconds| acquisition.attempt_limit(Duration::from_secs(seconds));
    assert_eq!(limit(1), Some(Duration::from_secs(2)));
    assert_eq!(limit(4), Some(Duration::from_secs(1)));
    assert_eq!(begin("").attempt_limit(Duration::ZERO), None);
}

#[test]
fn no_more_attempts_are_made_than_the_policy_allows_in_all() {
    let mut acquisition = begin(
        r#"
        max_attempts = 3
        [[layers]]
        max_retries = 2
        rules = [{ statuses = ["429"], delay = { fixed = "1s" } }]
        [[layers]]
        rules = [{ statuses = ["429"], delay = { fixed = "9s" } }]
        "#,
    );
    let taken = steps(&mut acquisition, &[THROTTLED; 3]);
    let exhausted = Step::Failed(GaveUp::RetriesExhausted);
    assert_eq!(taken, [at(1), at(2), exhausted]);
}

#[test]
fn a_rule_can_retry_for_a_time_whatever_its_limits_are() {
    let mut acquisition = begin(
        r#"
        [[layers]]
        max_retries = 1
        give_up_after = "10s"
        rules = [
            { statuses = ["410"], at_least = "70s", delay = { fixed = "30s" } },
            { statuses = ["429"], delay = { fixed = "1s" } },
        ]
        "#,
    );
    let taken = steps(&mut acquisition, &[UPDATING, UPDATING, UPDATING, UPDATING]);
    let exhausted = Step::Failed(GaveUp::RetriesExhausted);
    assert_eq!(taken, [at(30), at(60), at(90), exhausted]);
}

#[test]
fn a_malformed_answer_is_retried_only_by_a_rule_that_says_so() {
    let mut acquisition =
        begin("layers = [{ rules = [{ malformed = true, delay = { fixed = '1s' } }] }]");
    assert_eq!(steps(&mut acquisition, &[Outcome::Malformed]), [at(1)]);
}

#[test]
fn a_malformed_answer_is_not_retried() {
    let mut acquisition = begin(
        "layers = [{ rules = [{ statuses = ['200-599'], transport = ['any'], delay = { fixed = '1s' } }] }]",
    );
    let taken = steps(&mut acquisition, &[Outcome::Malformed]);
    assert_eq!(taken, [Step::Failed(GaveUp::NotRetryable)]);
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    let wait = || prop::option::of((0_u64..600).prop_map(Duration::from_secs));
    let status = prop::sample::select(vec![200, 400, 403, 404, 408, 410, 429, 500, 501, 503]);
    let answer =
        (status, wait(), wait(), wait()).prop_map(|(status, seconds, date, milliseconds)| {
            Outcome::Status {
                status,
                retry_after: RetryAfter {
                    seconds,
                    date,
                    milliseconds,
                },
            }
        });
    let failure = prop::sample::select(TransportFailure::ALL.to_vec()).prop_map(Outcome::Transport);
    prop_oneof![4 => answer, 1 => failure]
}

/// When [`run`] begins: not at zero, which would hide a time that is counted from elsewhere.
const START: Duration = Duration::from_secs(7);

/// Runs an acquisition through the outcomes, each after so many milliseconds of service.
fn run(policy: &Arc<Policy>, script: &[(Outcome, u16)], seed: u64) -> Vec<(Duration, Step)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut now = START;
    let mut acquisition = Acquisition::begin(Arc::clone(policy), now);
    let mut taken = Vec::new();
    for (outcome, service) in script {
        now += Duration::from_millis(u64::from(*service));
        let step = acquisition.after(outcome, now, &mut rng);
        taken.push((now, step));
        match step {
            Step::WaitUntil(at) => now = at,
            Step::Send => {}
            Step::Done | Step::Failed(_) => break,
        }
    }
    taken
}

/// The most attempts the limits of the layers allow, if they limit them.
fn budget(policy: &Policy) -> Option<u32> {
    let attempts = policy.layers.iter().try_fold(1, |attempts, layer| {
        let by_rules = || {
            layer
                .rules
                .iter()
                .map(|rule| rule.max_retries)
                .sum::<Option<u32>>()
        };
        Some(attempts * (1 + layer.max_retries.or_else(by_rules)?))
    });
    Some(attempts? + u32::from(policy.probe.is_some()))
}

fn any_preset() -> impl Strategy<Value = Arc<Policy>> {
    prop::sample::select(presets().values().cloned().collect::<Vec<_>>())
}

fn any_script() -> impl Strategy<Value = Vec<(Outcome, u16)>> {
    prop::collection::vec((outcomes(), 0_u16..2000), 1..60)
}

proptest! {
    #[test]
    fn every_wait_ends_in_the_future(
        policy in any_preset(), script in any_script(), seed in any::<u64>(),
    ) {
        for (now, step) in run(&policy, &script, seed) {
            if let Step::WaitUntil(at) = step {
                prop_assert!(at > now);
            }
        }
    }

    #[test]
    fn never_makes_more_attempts_than_its_limits_allow(
        policy in any_preset(), script in any_script(), seed in any::<u64>(),
    ) {
        let attempts = run(&policy, &script, seed).len();
        prop_assert!(budget(&policy).is_none_or(|budget| attempts <= budget as usize));
    }

    #[test]
    fn the_same_seed_gives_the_same_steps(
        policy in any_preset(), script in any_script(), seed in any::<u64>(),
    ) {
        prop_assert_eq!(run(&policy, &script, seed), run(&policy, &script, seed));
    }

    #[test]
    fn a_proportional_wait_is_half_to_all_of_half_a_second_and_half_the_time_passed(
        services in prop::collection::vec(0_u16..2000, 1..40),
        seed in any::<u64>(),
    ) {
        let policy = Policy::preset("proportional").expect("a preset");
        let script: Vec<_> = services.into_iter().map(|service| (THROTTLED, service)).collect();
        for (now, step) in run(&policy, &script, seed) {
            let most = Duration::from_millis(500) + now.saturating_sub(START) / 2;
            let rounded = most + Duration::from_nanos(1);
            match step {
                Step::WaitUntil(at) => prop_assert!((most / 2..=rounded).contains(&at.saturating_sub(now))),
                step => prop_assert_eq!(step, Step::Failed(GaveUp::TimeLimit)),
            }
        }
    }

    #[test]
    fn a_server_is_not_asked_again_within_a_second_of_its_error(
        services in prop::collection::vec(0_u16..2000, 1..40),
        seed in any::<u64>(),
    ) {
        let policy = Policy::preset("proportional").expect("a preset");
        let error = Outcome::Status { status: 503, retry_after: NO_RETRY_AFTER };
        let script: Vec<_> = services.into_iter().map(|service| (error, service)).collect();
        for (now, step) in run(&policy, &script, seed) {
            if let Step::WaitUntil(at) = step {
                prop_assert!(at.saturating_sub(now) >= Duration::from_secs(1));
            }
        }
    }
}
