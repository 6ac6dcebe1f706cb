//! The drivers of a run: in real time over sockets, and in virtual time.

pub mod interrupt;
pub mod live;
mod manager;
pub mod sample;
pub mod schedule;
pub mod simulate;
pub mod streams;
pub mod succession;
pub mod target;
