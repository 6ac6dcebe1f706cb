//! The documents of a run and of many runs, and what is derived from them.

pub mod because;
pub mod bounds;
pub mod compare;
pub mod expect;
pub mod explain;
pub mod messages;
pub mod run;
pub mod stored;
pub mod summary;
