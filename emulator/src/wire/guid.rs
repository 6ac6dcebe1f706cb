//! The ids in answers.

use rand::{Rng, RngExt};
use uuid::Builder;

/// A random GUID (version 4) in lower case.
pub(crate) fn guid(rng: &mut dyn Rng) -> String {
    let guid = Builder::from_random_bytes(rng.random()).into_uuid();
    guid.to_string()
}
