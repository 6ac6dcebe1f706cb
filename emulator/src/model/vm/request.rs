//! The requests to a VM.

use crate::model::identity::Selector;
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
