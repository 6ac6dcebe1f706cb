//! `/metadata/attested/document`: a statement about the VM that Azure has signed.

use std::fmt;
use std::str::FromStr;

use form_urlencoded::Serializer;
use rand::Rng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::imds_request::ImdsRequest;
use super::request::Request;
use super::unreadable::Unreadable;

/// The version of the requests: the newest that adds to the document (documented).
const API_VERSION: &str = "2020-09-01";

/// A request for a signed statement about the VM.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttestedRequest {
    /// A text for the statement, which shows that the statement is new. Without it, the service uses
    /// the time (documented).
    pub nonce: Option<Nonce>,
}

impl ImdsRequest for AttestedRequest {
    type Reply = AttestedDocument;
    const WANTED: &'static str = "attested document";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        let mut query = Serializer::new(String::new());
        query.append_pair("api-version", API_VERSION);
        if let Some(Nonce(nonce)) = &self.nonce {
            query.append_pair("nonce", nonce);
        }
        Request::get(
            format!("/metadata/attested/document?{}", query.finish()),
            rng,
        )
    }

    fn read(&self, body: &[u8]) -> Result<AttestedDocument, Unreadable> {
        Unreadable::shaped(body)
    }
}

/// A signed statement. Neither its signature nor its nonce is verified here: that is the task of its
/// recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttestedDocument {
    /// `pkcs7` (documented).
    pub encoding: String,
    /// A CMS `SignedData` in base64.
    pub signature: String,
}

/// Up to 32 letters and digits (the published API description; the guide says ten digits).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl FromStr for Nonce {
    type Err = NonceError;

    fn from_str(text: &str) -> Result<Self, NonceError> {
        let fits = (1..=32).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NonceError(text.to_owned()))
        }
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not a nonce.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no nonce: expected 1 to 32 letters and digits")]
pub struct NonceError(String);

#[cfg(test)]
mod tests {
    use super::super::request::tests::target;
    use super::*;

    #[test]
    fn asks_with_and_without_a_nonce() {
        let path = "/metadata/attested/document?api-version=2020-09-01";
        assert_eq!(target(&AttestedRequest::default()), path);
        let nonce = Some("1234567890".parse().expect("a nonce"));
        assert_eq!(
            target(&AttestedRequest { nonce }),
            format!("{path}&nonce=1234567890")
        );
    }

    #[test]
    fn a_nonce_is_letters_and_digits() {
        for text in ["", "a-b", "ä", &"1".repeat(33)] {
            assert!(text.parse::<Nonce>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_document_has_an_encoding_and_a_signature() {
        let read = |body: &[u8]| AttestedRequest::default().read(body);
        let document = AttestedDocument {
            encoding: "pkcs7".to_owned(),
            signature: "MIIE".to_owned(),
        };
        assert_eq!(
            read(br#"{"encoding":"pkcs7","signature":"MIIE"}"#),
            Ok(document)
        );
        assert_eq!(
            read(br#"{"encoding":"pkcs7"}"#),
            Err(Unreadable::OtherShape)
        );
    }
}
