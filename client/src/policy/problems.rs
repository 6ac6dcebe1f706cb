//! What is wrong with a policy whose parts could all be read.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::delay::Delay;
use super::jitter::Jitter;
use super::layer::Layer;
use super::retry_policy::Policy;
use super::rule::Rule;
use super::toml_path::TomlPath;

impl Policy {
    /// All that is wrong with a policy that could be read, one sentence each with its place; empty if
    /// it is sound. A loader of policies checks this.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let problems = of(self).into_iter();
        problems.map(|problem| problem.to_string()).collect()
    }
}

/// What is wrong with a rule.
pub(super) struct RuleProblem {
    layer: usize,
    rule: usize,
    /// The key that is wrong, unless it is the rule as a whole.
    key: Option<&'static str>,
    pub(super) message: &'static str,
}

impl RuleProblem {
    /// Where it is in the text of the tree that the policy was read from.
    pub(super) fn place(&self, tree: &Spanned<DeValue>) -> Option<Range<usize>> {
        let rule = || TomlPath::of_rule(self.layer, self.rule, None).span(tree);
        let key = TomlPath::of_rule(self.layer, self.rule, self.key).span(tree);
        key.or_else(rule)
    }
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: ",
            TomlPath::of_rule(self.layer, self.rule, self.key)
        )?;
        f.write_str(self.message)
    }
}

/// All that is wrong; empty if the policy is sound.
pub(super) fn of(policy: &Policy) -> Vec<RuleProblem> {
    let mut problems = Vec::new();
    for (depth, layer) in policy.layers.iter().enumerate() {
        for (index, rule) in layer.rules.iter().enumerate() {
            let found = of_rule(layer, rule).into_iter().flatten();
            problems.extend(found.map(|(key, message)| RuleProblem {
                layer: depth,
                rule: index,
                key,
                message,
            }));
        }
    }
    problems
}

type Found = (Option<&'static str>, &'static str);

fn of_rule(layer: &Layer, rule: &Rule) -> [Option<Found>; 4] {
    [
        matches_nothing(rule).then_some((
            None,
            "it is for no outcome: give it statuses, transport or malformed",
        )),
        bad_delay(&rule.delay).map(|message| (Some("delay"), message)),
        bad_jitter(&rule.jitter).map(|message| (Some("jitter"), message)),
        never_ends(layer, rule).then_some((
            None,
            "it can retry for ever without a wait: set max_retries or a longer delay",
        )),
    ]
}

fn matches_nothing(rule: &Rule) -> bool {
    rule.statuses.is_empty() && rule.transport.is_empty() && !rule.malformed
}

fn bad_delay(delay: &Delay) -> Option<&'static str> {
    match delay {
        Delay::Table(waits) if waits.is_empty() => Some("the table is empty"),
        Delay::Exponential { factor, .. }
        | Delay::Windows { factor, .. }
        | Delay::Decorrelated {
            factor: Some(factor),
            ..
        }
        | Delay::Compounding { factor, .. }
            if !is_amount(*factor) || *factor < 1.0 =>
        {
            Some("the factor must be 1 or more")
        }
        Delay::Proportional { ratio, .. } if !is_amount(*ratio) => {
            Some("the ratio must not be negative")
        }
        _ => None,
    }
}

fn bad_jitter(jitter: &Jitter) -> Option<&'static str> {
    match jitter {
        Jitter::Factor { low, high } if !is_amount(*low) || !is_amount(*high) || low > high => {
            Some("expected 0 <= low <= high")
        }
        Jitter::Factors(factors) if factors.is_empty() => Some("the list of factors is empty"),
        Jitter::Factors(factors) if !factors.iter().copied().all(is_amount) => {
            Some("a factor must not be negative")
        }
        _ => None,
    }
}

fn is_amount(number: f64) -> bool {
    number.is_finite() && number >= 0.0
}

/// Retries without limit at one instant, which a simulation would never leave.
fn never_ends(layer: &Layer, rule: &Rule) -> bool {
    let limits = layer.max_retries.is_some() || rule.max_retries.is_some();
    let limited = limits && rule.at_least.is_none();
    let capped_to_nothing = rule.cap.is_some_and(|cap| cap.is_zero());
    let scaled_to_nothing = match &rule.jitter {
        Jitter::Factor { high, .. } => *high <= 0.0,
        Jitter::Factors(factors) => factors.iter().all(|factor| *factor <= 0.0),
        _ => false,
    };
    !limited && (rule.delay.can_stand_still() || capped_to_nothing || scaled_to_nothing)
}

#[cfg(test)]
mod tests {
    use crate::policy::retry_policy::tests::policy;

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
                "layers[0].rules[1]: it is for no outcome: give it statuses, transport or malformed",
                "layers[0].rules[1].delay: the table is empty",
                "layers[0].rules[1]: it can retry for ever without a wait: set max_retries or a longer delay",
                "layers[1].rules[0].delay: the factor must be 1 or more",
                "layers[1].rules[0].jitter: expected 0 <= low <= high",
            ]
        );
    }

    #[test]
    fn listed_factors_are_amounts_and_one_of_them_lets_time_pass() {
        let problems = |factors: &str| {
            let jitter = format!("jitter = {{ factors = {factors} }}");
            let rule = format!(r#"{{ statuses = ["429"], delay = {{ fixed = "1s" }}, {jitter} }}"#);
            policy(&format!("[[layers]]\nrules = [{rule}]")).problems()
        };
        assert_eq!(problems("[0, 1]"), [""; 0]);
        let empty = problems("[]").concat();
        assert!(
            empty.contains("jitter: the list of factors is empty"),
            "{empty}"
        );
        let negative = problems("[1, -1]").concat();
        assert!(
            negative.contains("jitter: a factor must not be negative"),
            "{negative}"
        );
        let still = problems("[0, 0]").concat();
        assert!(
            still.contains("it can retry for ever without a wait"),
            "{still}"
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
