//! `GET /metadata/attested/document`: a signed statement about the VM.

use super::versions;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/attested/document";

/// The first version that has the document (documented).
const FIRST_VERSION: &str = "2018-10-01";

/// The published API description requires up to 32 letters and digits, the guide ten digits. What the
/// service answers to others is unknown; here it is a 400.
const LONGEST_NONCE: usize = 32;

/// What is asked of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Document<'a> {
    pub(crate) version: &'a str,
    pub(crate) nonce: Option<&'a str>,
}

pub(super) fn read(head: &Head) -> Result<Document<'_>, Flaw> {
    let version = versions::asked(head, FIRST_VERSION)?;
    let nonce = head.parameter("nonce").filter(|nonce| !nonce.is_empty());
    ensure(nonce.is_none_or(is_nonce), Flaw::NonceInvalid)?;
    Ok(Document { version, nonce })
}

fn is_nonce(text: &str) -> bool {
    text.len() <= LONGEST_NONCE && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::head::get;

    fn read_query(query: &str) -> Result<Document<'static>, Flaw> {
        let head = Box::leak(Box::new(get(&format!("{PATH}?{query}"))));
        read(head)
    }

    #[test]
    fn checks_the_version_before_the_nonce() {
        for query in [
            "nonce=-",
            "api-version=2018-04-02&nonce=-",
            "api-version=2018-10-02",
        ] {
            assert_eq!(read_query(query), Err(Flaw::VersionInvalid), "{query}");
        }
    }

    #[test]
    fn a_nonce_is_up_to_32_letters_and_digits() {
        let nonce = |text: &str| read_query(&format!("api-version=2018-10-01&nonce={text}"));
        let accepted = |nonce| {
            let version = "2018-10-01";
            Ok(Document { version, nonce })
        };
        assert_eq!(nonce("1234567890"), accepted(Some("1234567890")));
        assert_eq!(nonce(""), accepted(None));
        assert!(nonce(&"a".repeat(32)).is_ok());
        for text in [&"a".repeat(33), "a-b", "%C3%A9", "%22"] {
            assert_eq!(nonce(text), Err(Flaw::NonceInvalid), "{text}");
        }
    }
}
