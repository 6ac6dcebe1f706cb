//! Plays concurrent sessions against IMDS and judges them.
//!
//! A [`scenario`] is played by an [`engine`]: live (real time, sockets, the real client) or simulated
//! (virtual time). Both count in one [`record`], which becomes one [`result`], held against its
//! expectations and rendered by [`report`].

pub mod cli;
pub mod command;
pub mod engine;
pub mod record;
pub mod report;
pub mod result;
pub mod scenario;
pub mod session;
