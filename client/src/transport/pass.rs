//! Permission to send one attempt.

use std::any::Any;
use std::fmt;

/// Permission to send one attempt, held until the attempt has ended.
#[derive(Default)]
pub struct Pass {
    _held: Option<Box<dyn Any + Send>>,
}

impl Pass {
    /// A pass that drops this guard when it is dropped.
    #[must_use]
    pub fn held(guard: impl Any + Send) -> Self {
        Self {
            _held: Some(Box::new(guard)),
        }
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").finish_non_exhaustive()
    }
}
