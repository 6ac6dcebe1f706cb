//! The protocol as this client reads it. It shares no types with the emulator, so that two independent
//! readings check each other.

mod answer;
mod attested;
mod claims;
mod event;
mod imds_request;
mod instance;
mod request;
mod retry_after;
mod tenant;
mod token;
mod token_fields;
mod token_query;
mod token_request;
mod unreadable;

pub use answer::{Answer, ServiceError};
pub use attested::{AttestedDocument, AttestedRequest, Nonce, NonceError};
pub use event::{ApproveRequest, EventDocument, EventsRequest, ScheduledEvent};
pub use imds_request::ImdsRequest;
pub use instance::{Instance, InstanceFormat, InstancePath, InstancePathError, InstanceRequest};
pub use request::Request;
pub use tenant::TenantRequest;
pub use token::Token;
pub use token_query::TokenQuery;
pub use token_request::{Identity, TokenRequest};
pub use unreadable::Unreadable;
