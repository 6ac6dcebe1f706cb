//! The documents of a run and of many runs, and what is derived from them.

pub mod because;
pub mod bounds;
pub mod compare;
pub mod explain;
pub mod judging;
pub mod messages;
pub(crate) mod paths;
pub mod reading;
pub mod run;
pub mod scenario;
pub mod stored;
pub mod summary;
pub mod verdict;
