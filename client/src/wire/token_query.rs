//! What every request for a token has in common, for whatever keeps tokens by request.

use std::fmt::Debug;

use super::imds_request::ImdsRequest;
use super::token::Token;

/// A request whose answer is a token. Requests that are equal ask for the same token.
pub trait TokenQuery: ImdsRequest<Reply = Token> + Clone + Debug + Ord + Send + 'static {
    /// All that the token is for, in a text that only equal requests share.
    fn key(&self) -> String;
}
