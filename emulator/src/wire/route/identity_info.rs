//! `GET /metadata/identity/info`: the tenant of the identities.

use serde_json::json;

use super::versions;
use crate::wire::flaw::Flaw;
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/identity/info";

/// Documented.
const FIRST_VERSION: &str = "2018-02-01";

pub(super) fn read(head: &Head) -> Result<(), Flaw> {
    versions::asked(head, FIRST_VERSION).map(drop)
}

/// Documented. That a VM without any identity names its tenant, too, is assumed.
pub(crate) fn answer(tenant_id: &str) -> Answer {
    reply::json(&json!({ "tenantId": tenant_id }))
}
