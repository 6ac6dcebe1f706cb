//! Requests to Resource Manager in virtual time.

use std::time::Duration;

use imds_emulator::resource_manager::Content;

use crate::record::attempt::Answer;
use crate::session::outcome::ManagerFailure;
use crate::session::question::ManagerQuery;

/// A query to Resource Manager that is not answered yet, with the answer that it will get.
pub(super) struct PendingManagerQuery {
    pub(super) query: ManagerQuery,
    pub(super) sent: Duration,
    pub(super) answer: Answer,
    pub(super) content: Result<Content, ManagerFailure>,
}
