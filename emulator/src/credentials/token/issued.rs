//! A token with what its answer says of it, in whichever protocol.

use std::time::Duration;

use serde_json::value::RawValue;

use crate::model::identity::Identity;

/// A token on its way out.
pub(crate) struct Issued<'a> {
    /// As JSON, quotes included.
    pub(crate) access_token: &'a RawValue,
    pub(crate) identity: &'a Identity,
    pub(crate) resource: &'a str,
    /// What is left of it at the answer.
    pub(crate) life: Duration,
    /// What is left at the answer until clients should ask again; `None` if nothing is said of it.
    pub(crate) refresh_in: Option<Duration>,
    /// In seconds since 1970.
    pub(crate) expires_on: u64,
    /// In seconds since 1970.
    pub(crate) not_before: u64,
}
