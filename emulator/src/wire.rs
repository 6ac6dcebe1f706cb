//! Requests and answers as bytes: what a request asks for, and how an answer is written.
//!
//! A protocol's paths, parameters, statuses, headers and bodies stand here. There is no clock and no
//! socket: `serve` passes in what was read, and sends what is written.

pub(crate) mod body;
pub mod environment;
pub(crate) mod fault;
pub(crate) mod flaw;
pub(crate) mod foreign;
pub(crate) mod guard;
pub(crate) mod guid;
pub(crate) mod head;
pub(crate) mod protocol;
pub(crate) mod protocol_name;
pub(crate) mod redact;
pub(crate) mod remains;
pub(crate) mod reply;
pub(crate) mod resource_manager;
pub(crate) mod route;
pub(crate) mod target;
