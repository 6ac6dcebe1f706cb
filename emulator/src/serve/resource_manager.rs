//! Resource Manager's stub in real time: its port, and the stub that answers its requests.

pub(crate) mod listener;
pub(crate) mod stub;
