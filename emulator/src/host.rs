//! All ports of a process together: bound, served and stopped, by the program or embedded in a test.

pub(crate) mod embedded;
pub mod isolation;
pub(crate) mod server;
