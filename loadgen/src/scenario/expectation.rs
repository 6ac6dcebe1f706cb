//! Expectations as a scenario writes them: a path of the result document, and what its number must be.

use std::fmt;

/// One line of `[expect]`: `"sessions.success_ratio" = ">= 0.99"`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expectation {
    path: String,
    comparison: Comparison,
    bound: f64,
}

/// How the number compares with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
}

const SYMBOLS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Expectation {
    /// Reads an expectation such as `"< 0.9"` on a path.
    ///
    /// # Errors
    /// What was expected instead.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, String> {
        let parsed = SYMBOLS.iter().find_map(|(symbol, comparison)| {
            let bound: f64 = text.trim().strip_prefix(symbol)?.trim().parse().ok()?;
            bound.is_finite().then(|| Self {
                path: path.to_owned(),
                comparison: *comparison,
                bound,
            })
        });
        parsed.ok_or_else(|| format!("a comparison such as \"< 0.9\", with one of < <= == != >= > and a number, not \"{text}\""))
    }

    /// It in words: the path, and what it has to be.
    #[must_use]
    pub(crate) fn described(&self) -> String {
        format!("{} {self}", self.path)
    }

    /// The path in the result document.
    #[must_use]
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether a number is as expected.
    #[must_use]
    pub(crate) fn holds(&self, number: f64) -> bool {
        self.comparison.holds(number, self.bound)
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = SYMBOLS
            .iter()
            .find(|(_, comparison)| *comparison == self.comparison);
        write!(
            f,
            "{} {}",
            symbol.map_or("", |(symbol, _)| symbol),
            self.bound
        )
    }
}

impl Comparison {
    #[expect(
        clippy::float_cmp,
        reason = "== and != are asked for by the scenario, mostly of counts"
    )]
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Less => number < bound,
            Self::AtMost => number <= bound,
            Self::Greater => number > bound,
            Self::AtLeast => number >= bound,
            Self::Equal => number == bound,
            Self::NotEqual => number != bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["0.9", "~ 0.9", "< lots", "", "< nan"] {
            assert!(
                Expectation::parse("sessions.total", text).is_err(),
                "{text}"
            );
        }
    }
}
