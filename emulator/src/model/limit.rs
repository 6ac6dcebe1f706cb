//! The limits of one VM: their settings, and the decision whether a request is within them.
//!
//! IMDS limits two categories of requests independently of each other. A request of a category meets that
//! category's rate and its concurrency in one step, and is then admitted, refused or, if the limits have a
//! queue, queued for a slot. Everything here is pure: `now`, the time since the run's start, is an
//! argument.

mod advice;
mod category;
mod fixed_window;
mod gate;
mod gcra;
mod meter;
mod penalty;
mod refusal;
mod reservation;
mod settings;
mod sliding_window;
mod token_bucket;
mod wait_queue;

pub(crate) use advice::whole_seconds;
pub use category::Category;
pub(crate) use gate::{Entry, Gate};
pub use refusal::{Left, Limiter, Refusal};
pub use settings::{
    Abandoned, Algorithm, CategoryLimits, Limits, Queue, RateChecked, RateLimit, RetryAfter,
};
pub(crate) use token_bucket::TokenBucket;
pub use wait_queue::{Call, Place};
