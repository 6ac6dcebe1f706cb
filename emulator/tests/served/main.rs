//! What both ports serve beside the tokens of IMDS itself, as bytes.

mod keys;
mod raw;
