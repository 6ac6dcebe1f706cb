//! What the rules find.

use serde::Serialize;

/// One thing that a client, or several together, should not have done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which rule it breaks.
    pub rule: Rule,
    /// What happened.
    pub message: String,
    /// The numbers of the requests it is about, in the order of their arrival.
    pub requests: Vec<u64>,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A client retried before its Retry-After was over.
    RetryAfterIgnored,
    /// A client sent a request again that was found faulty.
    ClientErrorRetried,
    /// Many clients that were refused together retried together.
    WavesInStep,
    /// A client requested a token although it held a valid one.
    ValidTokenAskedAgain,
}
