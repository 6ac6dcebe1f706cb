//! What is wrong with a policy although every part of it could be read.

use super::{Delay, Jitter, Layer, Policy, Rule};

/// One sentence for each problem; none if the policy is sound.
pub(super) fn of(policy: &Policy) -> Vec<String> {
    let places = policy.layers.iter().enumerate().flat_map(|(depth, layer)| {
        layer
            .rules
            .iter()
            .enumerate()
            .map(move |(index, rule)| (depth, layer, index, rule))
    });
    places
        .flat_map(|(depth, layer, index, rule)| {
            let of_rule = of_rule(layer, rule).into_iter().flatten();
            of_rule.map(move |problem| format!("layers[{depth}].rules[{index}]: {problem}"))
        })
        .collect()
}

fn of_rule(layer: &Layer, rule: &Rule) -> [Option<&'static str>; 4] {
    [
        matches_nothing(rule).then_some("it is for no outcome: give it statuses or transport"),
        bad_delay(&rule.delay),
        bad_jitter(&rule.jitter),
        never_ends(layer, rule)
            .then_some("it can retry for ever without a wait: set max_retries or a longer delay"),
    ]
}

fn matches_nothing(rule: &Rule) -> bool {
    rule.statuses.is_empty() && rule.transport.is_empty()
}

fn bad_delay(delay: &Delay) -> Option<&'static str> {
    match delay {
        Delay::Table(waits) if waits.is_empty() => Some("delay: the table is empty"),
        Delay::Exponential { factor, .. } if !is_amount(*factor) || *factor < 1.0 => {
            Some("delay: the factor must be 1 or more")
        }
        Delay::Proportional { ratio, .. } if !is_amount(*ratio) => {
            Some("delay: the ratio must not be negative")
        }
        _ => None,
    }
}

fn bad_jitter(jitter: &Jitter) -> Option<&'static str> {
    match jitter {
        Jitter::Factor { low, high } if !is_amount(*low) || !is_amount(*high) || low > high => {
            Some("jitter: expected 0 <= low <= high")
        }
        _ => None,
    }
}

fn is_amount(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

/// Retries without limit, at one instant: a simulation would never come out of it.
fn never_ends(layer: &Layer, rule: &Rule) -> bool {
    let limited = layer.max_retries.is_some() || rule.max_retries.is_some();
    let capped_to_nothing = rule.cap.is_some_and(|cap| cap.is_zero());
    let scaled_to_nothing = matches!(rule.jitter, Jitter::Factor { high, .. } if high <= 0.0);
    !limited && (rule.delay.can_stand_still() || capped_to_nothing || scaled_to_nothing)
}

#[cfg(test)]
mod tests {
    use super::super::tests::policy;

    #[test]
    fn names_every_problem_with_its_place() {
        let policy = policy(
            r#"
            [[layers]]
            rules = [{ statuses = ["429"], delay = { fixed = "1s" } }, { delay = { table = [] } }]
            [[layers]]
            max_retries = 3
            [[layers.rules]]
            transport = ["any"]
            delay = { exponential = { base = "1s", factor = 0.5 } }
            jitter = { factor = { low = 1.2, high = 0.8 } }
            "#,
        );
        assert_eq!(
            policy.problems(),
            [
                "layers[0].rules[1]: it is for no outcome: give it statuses or transport",
                "layers[0].rules[1]: delay: the table is empty",
                "layers[0].rules[1]: it can retry for ever without a wait: set max_retries or a longer delay",
                "layers[1].rules[0]: delay: the factor must be 1 or more",
                "layers[1].rules[0]: jitter: expected 0 <= low <= high",
            ]
        );
    }

    #[test]
    fn a_limit_on_retries_makes_a_rule_without_wait_sound() {
        let at_once = r#"rules = [{ statuses = ["429"], delay = { fixed = "0s" } }]"#;
        assert_eq!(
            policy(&format!("[[layers]]\n{at_once}")).problems().len(),
            1
        );
        assert!(
            policy(&format!("[[layers]]\nmax_retries = 9\n{at_once}"))
                .problems()
                .is_empty()
        );
    }
}
