//! What every request must have and must not have, whatever it asks for.
//!
//! The order is that of the real service as far as the evidence goes (weak): the header first, then
//! the query's form, then what each endpoint needs.

use http::HeaderName;

use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;

const METADATA: HeaderName = HeaderName::from_static("metadata");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Checks a request; the first flaw otherwise. Some of the other protocols need the same checks.
pub(crate) fn check(head: &Head) -> Result<(), Flaw> {
    ensure(has_metadata_header(head), Flaw::MetadataHeaderMissing)?;
    not_forwarded(head)?;
    no_parameter_twice(head)
}

/// The documents ask for `Metadata: true` in lower case; clients that send `True` are served.
pub(crate) fn has_metadata_header(head: &Head) -> bool {
    let value = head.headers.get(METADATA);
    value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// Documented: a request that came through a proxy is refused.
fn not_forwarded(head: &Head) -> Result<(), Flaw> {
    ensure(!head.headers.contains_key(FORWARDED), Flaw::Forwarded)
}

/// Documented: no query parameter may come twice.
fn no_parameter_twice(head: &Head) -> Result<(), Flaw> {
    ensure(!head.target.repeats_parameter, Flaw::ParameterRepeated)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::wire::head::get;

    #[test]
    fn wants_the_metadata_header_whatever_the_case_of_its_value() {
        let mut head = get("/metadata/versions");
        for value in ["true", "True", "TRUE"] {
            head.headers
                .insert("metadata", HeaderValue::from_static(value));
            assert_eq!(check(&head), Ok(()), "{value}");
        }
        head.headers
            .insert("metadata", HeaderValue::from_static("false"));
        assert_eq!(check(&head), Err(Flaw::MetadataHeaderMissing));
        head.headers.remove("metadata");
        assert_eq!(check(&head), Err(Flaw::MetadataHeaderMissing));
    }

    #[test]
    fn names_the_first_of_several_flaws() {
        let mut head = get("/metadata/versions?a=1&a=2");
        assert_eq!(check(&head), Err(Flaw::ParameterRepeated));
        head.headers
            .insert("x-forwarded-for", HeaderValue::from_static("10.0.0.1"));
        assert_eq!(check(&head), Err(Flaw::Forwarded));
        head.headers.remove("metadata");
        assert_eq!(check(&head), Err(Flaw::MetadataHeaderMissing));
    }
}
