//! What several targets need. Each target is a file of `fuzz_targets/`: it is given bytes, calls what is public of one
//! crate, and panics where a promise is not kept.

pub mod answers;
pub mod documents;
pub mod program;
