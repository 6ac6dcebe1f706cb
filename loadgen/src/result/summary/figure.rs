//! Figures of a run in JSON, which has neither infinity nor what is not a number.

use schemars::JsonSchema;
use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// A number, "never", or null for what was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Figure {
    /// What was measured.
    Number(f64),
    /// Greater than every number.
    Never(Never),
    /// There was nothing to measure.
    NotMeasured(()),
}

/// It falls on what never came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Never {
    /// "never"
    Never,
}

/// Infinity is "never"; what is not a number was not measured.
pub(super) fn serialize<S: Serializer>(figures: &[f64], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(figures.iter().map(|figure| Figure::of(*figure)))
}

pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<f64>, D::Error> {
    let figures = Vec::<Figure>::deserialize(from)?;
    Ok(figures.into_iter().map(Figure::number).collect())
}

impl Figure {
    fn of(figure: f64) -> Self {
        if figure.is_nan() {
            Self::NotMeasured(())
        } else if figure.is_infinite() {
            Self::Never(Never::Never)
        } else {
            Self::Number(figure)
        }
    }

    fn number(self) -> f64 {
        match self {
            Self::Number(number) => number,
            Self::Never(Never::Never) => f64::INFINITY,
            Self::NotMeasured(()) => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Figures(#[serde(with = "super")] Vec<f64>);

    fn through_json(figures: Vec<f64>) -> Vec<u64> {
        let text = serde_json::to_string(&Figures(figures)).expect("JSON");
        let read: Figures = serde_json::from_str(&text).expect(&text);
        read.0.into_iter().map(f64::to_bits).collect()
    }

    #[test]
    fn never_and_not_measured_stay_what_they_are() {
        let text = serde_json::to_string(&Figures(vec![1.0, f64::INFINITY, f64::NAN]));
        assert_eq!(text.expect("JSON"), r#"[1.0,"never",null]"#);
        let read = through_json(vec![f64::INFINITY, f64::NAN, 0.0]);
        let expected = [f64::INFINITY, f64::NAN, 0.0].map(f64::to_bits);
        assert_eq!(read, expected);
        assert!(serde_json::from_str::<Figures>(r#"["sometimes"]"#).is_err());
    }

    proptest! {
        /// To the last bit, which a reader of JSON does not promise by itself.
        #[test]
        fn numbers_stay_what_they_are(figure in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            prop_assert_eq!(through_json(vec![figure]), [figure.to_bits()]);
        }
    }
}
