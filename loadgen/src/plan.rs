//! Search by simulation: which retry policy serves herds best.
//!
//! A [`case`] is one herd on one kind of VM; a [`grid`] is many of them, written in TOML. Every
//! candidate plays every case with several seeds ([`play`]), and a [`board`] sums up what came of
//! it. All of it is virtual time, so the same seed gives the same board on any number of cores.

pub mod board;
pub mod case;
pub mod command;
pub mod grid;
pub mod play;
mod pool;
mod table;
