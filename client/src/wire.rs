//! The protocol as this client reads it; it shares nothing with the emulator, so that two
//! independent readings check each other.

mod answer;
mod ask;
mod attested;
mod claims;
mod event;
mod instance;
mod request;
mod retry_after;
mod tenant;
mod token;
mod token_request;
mod unreadable;

pub use answer::{Answer, ServiceError};
pub use ask::Ask;
pub use attested::{AttestedDocument, AttestedRequest, Nonce, NonceError};
pub use event::{ApproveRequest, EventDocument, EventsRequest, ScheduledEvent};
pub use instance::{Instance, InstanceFormat, InstancePath, InstancePathError, InstanceRequest};
pub use request::Request;
pub use tenant::TenantRequest;
pub use token::Token;
pub use token_request::{Identity, TokenRequest};
pub use unreadable::Unreadable;
