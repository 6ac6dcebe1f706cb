//! Search by simulation: which retry policy serves herds best, how many sessions a VM carries, how far a herd has to be
//! spread, and how evenly spaced starts may be.
//!
//! A [`case`] is one herd on one kind of VM; a [`grid`] is many of them, written in TOML. Every candidate runs every case
//! with several seeds ([`score`]), and a [`board`] sums up the results.
//!
//! The answer of the others is a number, found along a scale of steps ([`search`]). Each try ([`trial`]) plays runs until
//! it is decided ([`evidence`]) whether it is as required ([`requirement`]). The search is done once for the scenario as
//! it is and once for each other [`assumption`] ([`sought`]). All of it is virtual time, so a seed gives the same answer
//! on any number of cores.

pub(crate) mod arguments;
pub(super) mod asked;
pub(crate) mod assumption;
pub(crate) mod board;
pub(crate) mod case;
mod cell;
pub(crate) mod command;
mod evidence;
pub(crate) mod failure;
pub(crate) mod format;
pub(crate) mod grid;
mod notes;
mod policy;
pub(super) mod question;
pub(crate) mod requirement;
pub(crate) mod schedule;
pub(crate) mod score;
mod search;
mod sought;
mod table;
pub(crate) mod trial;
mod variation;
