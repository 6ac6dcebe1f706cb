//! The documents of a run and of many runs, and what is derived from them.

pub(crate) mod because;
pub(crate) mod bounds;
mod chance;
pub(crate) mod command_line;
pub(crate) mod compare;
pub(crate) mod explain;
pub(crate) mod identity;
pub(crate) mod import;
pub(crate) mod in_words;
pub(crate) mod judging;
pub(crate) mod merging;
pub(crate) mod messages;
pub(crate) mod paths;
pub(crate) mod plan;
pub(crate) mod reading;
pub(crate) mod remedies;
pub(crate) mod run;
pub(crate) mod sampled;
pub(crate) mod scenario;
pub(crate) mod schedule;
pub(crate) mod shard;
pub(crate) mod spread;
pub(crate) mod stored;
pub(crate) mod summary;
pub(crate) mod verdict;
