//! What a token says.

use std::time::Duration;

use serde_json::{Value, json};

use crate::config::CustomClaims;
use crate::model::identity::derived_guid;
use crate::model::vm::Grant;

/// When a token is valid, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) not_before: u64,
    pub(crate) expires_on: u64,
}

impl Validity {
    /// Observed: a token is valid from 300 seconds before its issue, so 86 700 seconds in all.
    const HEAD_START: u64 = 300;

    /// `epoch` is the time from 1970 to the run's start.
    pub(crate) fn of(grant: &Grant, epoch: Duration) -> Validity {
        let issued = (epoch + grant.issued_at).as_secs();
        let lifetime = grant.expires_at.saturating_sub(grant.issued_at);
        Validity {
            not_before: issued.saturating_sub(Self::HEAD_START),
            expires_on: issued + lifetime.as_secs(),
        }
    }
}

/// The emulator's own claims: those of a captured token, but for `aio`, `rh` and `xms_tcdt`, which mean
/// something to Entra only; and one that says what made it, whatever the issuer is called.
pub(super) fn own(grant: &Grant, validity: Validity, tenant_id: &str, issuer: &str) -> Value {
    let identity = &grant.identity;
    let not_before = validity.not_before;
    let unique = derived_guid(&[
        &identity.client_id,
        &grant.resource,
        &not_before.to_string(),
    ]);
    json!({
        "aud": &*grant.resource,
        "iss": issuer,
        "iat": not_before,
        "nbf": not_before,
        "exp": validity.expires_on,
        "appid": identity.client_id,
        "appidacr": "2",
        "idp": issuer,
        "idtyp": "app",
        "oid": identity.object_id,
        "sub": identity.object_id,
        "tid": tenant_id,
        "uti": unique,
        "ver": "1.0",
        "xms_emulator": "imds-emulator",
        "xms_mirid": identity.resource_id,
    })
}

/// The payload: the emulator's own claims with those of the user's laid over them, the last uppermost.
pub(super) fn overlaid(mut own: Value, grant: &Grant, custom: &[CustomClaims]) -> Value {
    let (identity, resource) = (&grant.identity, &grant.resource);
    let its = custom.iter().filter(|one| one.hold_for(identity, resource));
    for (name, value) in its.flat_map(|one| &one.set) {
        own[name] = value.clone();
    }
    own
}

#[cfg(test)]
pub(crate) fn a_grant() -> Grant {
    let identities = crate::config::VmSettings::default().identities;
    let identity = identities
        .select(crate::model::vm::Selector::Default)
        .expect("there is one");
    Grant {
        identity: std::sync::Arc::clone(identity),
        resource: "https://vault.azure.net/".into(),
        issued_at: Duration::from_millis(1500),
        expires_at: Duration::from_millis(86_401_500),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_s_token_is_valid_for_86700_seconds() {
        let validity = Validity::of(&a_grant(), Duration::from_millis(1_000_000_600));
        assert_eq!(
            validity,
            Validity {
                not_before: 999_702,
                expires_on: 1_086_402
            }
        );
    }

    #[test]
    fn claims_name_the_emulator_the_tenant_and_the_identity() {
        let grant = a_grant();
        let validity = Validity::of(&grant, Duration::from_secs(1000));
        let claims = own(&grant, validity, "t", "http://127.0.0.1:1/t/");
        assert_eq!(claims["iss"], "http://127.0.0.1:1/t/");
        assert_eq!(claims["xms_emulator"], "imds-emulator");
        assert_eq!(claims["tid"], "t");
        assert_eq!(claims["aud"], "https://vault.azure.net/");
        assert_eq!(claims["appid"], grant.identity.client_id.as_str());
        assert_eq!(claims["oid"], grant.identity.object_id.as_str());
        assert_eq!(claims["iat"], claims["nbf"]);
        assert_eq!(claims["exp"], 87_401);
    }
    #[test]
    fn claims_of_the_user_s_lie_over_the_emulator_s_the_last_uppermost() {
        let one = |resource: Option<&str>, set: Value| CustomClaims {
            identity: None,
            resource: resource.map(|name| serde_json::from_value(name.into()).expect("text")),
            set: set.as_object().expect("an object").clone(),
        };
        let custom = [
            one(None, json!({ "roles": ["a"], "ver": "2.0" })),
            one(Some("https://vault.azure.net"), json!({ "roles": ["b"] })),
            one(Some("https://other"), json!({ "roles": ["c"] })),
        ];
        let own = json!({ "ver": "1.0", "tid": "t" });
        let claims = overlaid(own, &a_grant(), &custom);
        assert_eq!(claims, json!({ "ver": "2.0", "tid": "t", "roles": ["b"] }));
    }
}
