//! Resource Manager's stub as bytes: what a request asks for, what its token proves, and the answers.

pub(crate) mod endpoints;
pub(crate) mod proof;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod snippet;
