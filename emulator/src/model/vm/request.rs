//! What a VM is asked.

use crate::model::identity::Selector;
use crate::model::limit::Category;

/// A request that is well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// For a token.
    Token {
        /// Whose.
        identity: Selector<'a>,
        /// For what audience.
        resource: &'a str,
        /// Whether Entra is to be asked although a token is held.
        bypass_cache: bool,
    },
    /// For anything else, which no state of the VM decides about.
    Plain(Category),
}
