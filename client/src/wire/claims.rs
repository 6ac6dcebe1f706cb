//! The claims of a token, unverified: they identify its owner, and prove nothing.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// A claim whose value is text, if the token is a JWT that has it.
pub(super) fn text(token: &str, name: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?;
    let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    claims.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_claim_of_a_jwt() {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(r#"{"tid":"t","exp":1}"#);
        let token = format!("h.{payload}.s");
        assert_eq!(text(&token, "tid").as_deref(), Some("t"));
        assert_eq!([text(&token, "oid"), text(&token, "exp")], [None, None]);
    }

    #[test]
    fn a_token_of_another_form_has_no_claims() {
        for token in ["opaque", "a.b.c", "a.!.c", ""] {
            assert_eq!(text(token, "tid"), None, "{token}");
        }
    }
}
