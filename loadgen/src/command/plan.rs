//! Search by simulation: which retry policy serves herds best, how many sessions a VM carries, how far a
//! herd has to be spread.
//!
//! A [`case`] is one herd on one kind of VM; a [`grid`] is many of them, written in TOML. Every
//! candidate plays every case with several seeds ([`play`]), and a [`board`] sums up what came of
//! it. The other two questions have a number for an answer, found by halving ([`threshold`]) among tries
//! of many runs each ([`trial`]). All of it is virtual time, so the same seed gives the same board on any number of cores.

pub mod answer;
pub mod board;
pub mod case;
pub mod command;
pub mod failure;
pub mod format;
pub mod grid;
mod interval;
pub mod play;
mod policy;
mod pool;
mod search;
mod table;
pub mod threshold;
mod told;
pub mod trial;
