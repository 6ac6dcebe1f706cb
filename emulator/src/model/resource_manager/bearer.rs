//! The sender of a request, as far as its `Authorization` header proves it.

use std::time::Duration;

use super::refusal::Unproven;
use crate::model::vm::Grant;

/// What a token may be for, in the order in which the real service's error names them (observed).
pub const AUDIENCES: [&str; 4] = [
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
];

/// What a request proves about its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer<'a> {
    /// No `Authorization` header.
    Missing,
    /// One that is not `Bearer` and a token.
    Malformed,
    /// Something that is no token, or one that another key has signed.
    Forged,
    /// A token of the emulator's own.
    Signed(Claims<'a>),
}

/// The claims that Resource Manager checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<'a> {
    /// The tenant, a GUID (`tid`).
    pub tenant_id: &'a str,
    /// What the token is for (`aud`).
    pub audience: &'a str,
    /// The application's id, a GUID (`appid`).
    pub client_id: &'a str,
    /// The service principal's id, a GUID (`oid`): roles refer to it.
    pub object_id: &'a str,
    /// Whose budget is charged, by any id: that of `object_id`, unless several VMs have the same settings and each a
    /// system-assigned identity of its own.
    pub principal: &'a str,
    /// When it ends to be valid, since the run's start.
    pub expires_at: Duration,
}

impl<'a> Bearer<'a> {
    /// The bearer of a granted token, for callers that never make the token itself.
    #[must_use]
    pub fn of(grant: &'a Grant, tenant_id: &'a str) -> Bearer<'a> {
        Bearer::Signed(Claims {
            tenant_id,
            audience: &grant.resource,
            client_id: &grant.identity.client_id,
            object_id: &grant.identity.object_id,
            principal: &grant.identity.object_id,
            expires_at: grant.expires_at,
        })
    }

    /// The same, charged to the budget of this principal, if it proves any.
    #[must_use]
    pub fn charged_to(self, principal: &'a str) -> Bearer<'a> {
        match self {
            Bearer::Signed(claims) => Bearer::Signed(Claims {
                principal,
                ..claims
            }),
            unproven => unproven,
        }
    }

    /// The claims of a token that is good for that tenant at that time. The order is assumed.
    pub(super) fn proven(&self, now: Duration, tenant_id: &str) -> Result<&Claims<'a>, Unproven> {
        let claims = match self {
            Bearer::Missing => return Err(Unproven::Missing),
            Bearer::Malformed => return Err(Unproven::Malformed),
            Bearer::Forged => return Err(Unproven::Forged),
            Bearer::Signed(claims) => claims,
        };
        if claims.expires_at <= now {
            let expired_at = claims.expires_at;
            return Err(Unproven::Expired { expired_at });
        }
        if !AUDIENCES.contains(&claims.audience) {
            let audience = claims.audience.to_owned();
            return Err(Unproven::WrongAudience { audience });
        }
        if !claims.tenant_id.eq_ignore_ascii_case(tenant_id) {
            let expected = tenant_id.to_owned();
            return Err(Unproven::WrongTenant { expected });
        }
        Ok(claims)
    }
}
