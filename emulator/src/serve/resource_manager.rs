//! Resource Manager's stub in real time: its listener, and the answers to its requests.

pub(crate) mod listener;
pub(crate) mod stub;
