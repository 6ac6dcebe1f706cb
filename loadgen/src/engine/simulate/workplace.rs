//! The processor in virtual time.

use std::time::Duration;

use super::event_queue::EventHandle;
use crate::engine::processor::Processor;
use crate::record::{SessionId, Worked};
use crate::scenario::processor::{Cores, Work};
use crate::session::question::Suspended;

/// The processor, and the event of the next end of a job.
pub(super) struct Workplace {
    pub(super) processor: Processor<Job>,
    pub(super) next_end: Option<EventHandle>,
}

/// A session at work.
pub(super) struct Job {
    pub(super) id: SessionId,
    pub(super) work: Work,
    pub(super) length: Duration,
    pub(super) began: Duration,
    /// The session, if it is suspended.
    pub(super) script: Option<Suspended<()>>,
}

impl Workplace {
    pub(super) fn new(cores: Cores) -> Self {
        Self {
            processor: Processor::new(cores),
            next_end: None,
        }
    }
}

impl Job {
    /// What the session has done when its work ends now.
    pub(super) fn done(&self, now: Duration) -> Worked {
        Worked {
            work: self.work,
            length: self.length,
            began: self.began,
            ended: now,
        }
    }
}
