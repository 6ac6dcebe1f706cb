//! One fault, as it is planned.

use serde::Serialize;

use super::effect::Effect;
use super::matching::Match;
use super::when::When;

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fault {
    /// What reports call it.
    pub name: String,
    /// Which requests it is for.
    #[serde(rename = "match")]
    pub matching: Match,
    /// When, and how often.
    pub when: When,
    /// What it does to them.
    pub effect: Effect,
}
