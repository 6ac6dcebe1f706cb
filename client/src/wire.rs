//! The protocol as this client reads it; it shares nothing with the emulator, so that two
//! independent readings check each other.

mod answer;
mod request;
mod retry_after;
mod token;

pub use answer::{Answer, ServiceError};
pub use request::{Identity, Request, TokenRequest};
pub use token::Token;
