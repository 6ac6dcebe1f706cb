//! The page of `ui`: a sketch is played in virtual time whenever it changes.

mod listening;
mod played;
mod routes;

pub(crate) use self::listening::Listening;
