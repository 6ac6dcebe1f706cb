//! Herds in real time. They run apart from the other tests, which would slow them.

mod parity;
mod stories;
