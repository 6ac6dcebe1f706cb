//! The rules of the tree that a tool can check.
//!
//! A rule is a function of the files of a workspace, and gives violations. It is tried on files that are
//! planted for it, of which some break it, and then held against the files that are here.

mod circles;
mod decisions;
mod documents;
mod drivers;
mod files;
mod lengths;
mod manifests;
mod modules;
mod packages;
mod purity;
mod source;
mod statuses;
mod violation;
mod wings;
mod words;
mod workspace;
