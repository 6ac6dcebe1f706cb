//! Search by simulation: which retry policy serves herds best, how many sessions a VM carries, how far a
//! herd has to be spread.
//!
//! A [`case`] is one herd on one kind of VM; a [`grid`] is many of them, written in TOML. Every
//! candidate runs every case with several seeds ([`score`]), and a [`board`] sums up the results. The
//! answer of the other two is a number, found by bisection ([`threshold`]) among tries of many runs each
//! ([`trial`]). All of it is virtual time, so a seed gives the same board on any number of cores.

pub(crate) mod answer;
pub(crate) mod board;
pub(crate) mod case;
pub(crate) mod command;
pub(crate) mod failure;
pub(crate) mod format;
pub(crate) mod grid;
mod interval;
mod policy;
mod pool;
mod render;
pub(crate) mod score;
mod search;
mod table;
pub(crate) mod threshold;
pub(crate) mod trial;
