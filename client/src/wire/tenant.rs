//! `/metadata/identity/info`: the tenant of the VM's identities. The API description includes it from
//! version 2018-02-01 on; the tenant is also a claim of every token.

use rand::Rng;

use super::imds_request::ImdsRequest;
use super::request::Request;
use super::unreadable::Unreadable;

/// A request for the tenant. It counts as an identity request: 20 a second, 5 at once (documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantRequest;

impl ImdsRequest for TenantRequest {
    /// The tenant's id, a GUID.
    type Reply = String;
    const WANTED: &'static str = "tenant";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        Request::get(
            "/metadata/identity/info?api-version=2018-02-01".to_owned(),
            rng,
        )
    }

    fn read(&self, body: &[u8]) -> Result<String, Unreadable> {
        let body = Unreadable::json(body)?;
        let tenant = body.get("tenantId").and_then(|tenant| tenant.as_str());
        let tenant = tenant.filter(|tenant| !tenant.is_empty());
        tenant
            .map(str::to_owned)
            .ok_or(Unreadable::Lacks("tenantId"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::tests::target;
    use super::*;

    #[test]
    fn asks_the_documented_path() {
        let expected = "/metadata/identity/info?api-version=2018-02-01";
        assert_eq!(target(&TenantRequest), expected);
    }

    #[test]
    fn reads_the_tenant() {
        let read = |body: &str| TenantRequest.read(body.as_bytes());
        assert_eq!(read(r#"{"tenantId":"t"}"#), Ok("t".to_owned()));
        assert_eq!(
            read(r#"{"tenantId":""}"#),
            Err(Unreadable::Lacks("tenantId"))
        );
        assert_eq!(read("t"), Err(Unreadable::NotJson));
    }
}
