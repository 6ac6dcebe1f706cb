//! The servers: sockets, locks and clocks.
//!
//! It drives the model in real time. It decides nothing about a request itself, and writes no status,
//! header or body of its own.

pub(crate) mod acceptor;
pub(crate) mod beginning;
pub(crate) mod bind;
pub(crate) mod clock;
pub(crate) mod connection;
pub(crate) mod connection_state;
pub(crate) mod connections;
pub(crate) mod damage;
pub(crate) mod fleet;
pub(crate) mod http;
pub(crate) mod key_file;
pub(crate) mod open_files;
pub(crate) mod resource_manager;
pub(crate) mod service;
pub(crate) mod whole_file;
