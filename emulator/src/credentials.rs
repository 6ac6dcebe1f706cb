//! What the emulator signs: tokens, attested documents and certificates, and TLS for Resource Manager.
//!
//! Keys are made when they are first needed, on threads that may block.

pub(crate) mod attested;
pub(crate) mod certificate;
pub(crate) mod chain;
mod rsa_key;
pub(crate) mod tls;
pub(crate) mod token;
