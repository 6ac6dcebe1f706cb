//! The drivers of a run: in real time over sockets, and in virtual time.

pub(crate) mod live;
mod manager;
pub(crate) mod netstat;
pub(crate) mod pool;
mod processor;
pub(crate) mod runtime;
pub(crate) mod sample;
pub(crate) mod schedule;
pub(crate) mod signal;
pub(crate) mod simulate;
pub(crate) mod streams;
pub(crate) mod succession;
pub(crate) mod target;
