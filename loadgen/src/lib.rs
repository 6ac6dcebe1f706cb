//! Plays concurrent sessions against IMDS and judges them.
//!
//! A [`scenario`] is played [`live`] (real time, sockets, the real client) or by [`simulate`] (virtual
//! time); both count in one [`record`], which becomes one [`result`], held against its expectations
//! and rendered by [`report`].

pub mod arrival;
pub mod bounds;
pub mod check;
pub mod cli;
pub mod compare;
pub mod context;
pub mod course;
pub mod demo;
pub mod exit;
pub mod expect;
pub mod explain;
pub mod failure;
pub mod library;
pub mod live;
pub mod plan;
pub mod progress;
pub mod record;
pub mod report;
pub mod result;
pub mod sample;
pub mod scenario;
pub mod schedule;
pub mod schema;
pub mod script;
pub mod signal;
pub mod simulate;
pub mod startup;
pub mod stored;
pub mod streams;
pub mod succession;
pub mod summary;
pub mod target;

pub use result::RunResult;
pub use scenario::Scenario;
