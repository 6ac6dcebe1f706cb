//! Resource Manager's stub in real time: its port, and the shell that answers its requests.

pub(crate) mod port;
pub(crate) mod shell;
