//! The requests to a VM.

use std::sync::Arc;

use crate::model::identity::{Identity, Rejection, Selector};
use crate::model::limit::Category;

/// A request that is well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// For a token.
    Token {
        /// The identity.
        identity: Selector<'a>,
        /// For what audience.
        resource: &'a str,
        /// Whether a new token is wanted although one is held.
        bypass_cache: bool,
    },
    /// Any other request; its answer does not depend on the VM's state.
    Plain(Category),
}

/// What requests for a token ask for, already looked up: a driver that makes many of them looks it up once. Made by
/// [`Vm::want`](super::Vm::want); right until the VM's identities change.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub(super) identity: Result<Arc<Identity>, Rejection>,
    pub(super) resource: Arc<str>,
}
