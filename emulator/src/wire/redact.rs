//! Which parts of a request may be recorded, and how much of them.
//!
//! A client may send a secret in any place, so only the values of IMDS's own parameters are kept, and
//! nothing that looks like a signed token is kept at all.

use form_urlencoded::Serializer;
use percent_encoding::percent_decode_str;

/// The parameters whose values are kept.
const KNOWN: [&str; 13] = [
    "api-version",
    "resource",
    "client_id",
    "clientid",
    "object_id",
    "principal_id",
    "msi_res_id",
    "mi_res_id",
    "resource_id",
    "bypass_cache",
    "format",
    "extended",
    "nonce",
];

/// What stands for a value that is not kept.
pub(crate) const HIDDEN: &str = "(hidden)";

const LONGEST_METHOD: usize = 16;
const LONGEST_WORD: usize = 96;
const LONGEST_TEXT: usize = 256;
const LONGEST_QUERY: usize = 768;
const LONGEST_BODY: usize = 512;
const LONGEST_AGENT: usize = 384;
const LONGEST_SENT: usize = 384;
const LONGEST_PARAMETERS: usize = 512;

pub(crate) fn method(text: &str) -> String {
    cut(text, LONGEST_METHOD)
}

/// A path, which is in lower case.
pub(crate) fn path(text: &str) -> String {
    let hides = |segment: &str| segment.contains("eyj");
    let segments = text.split('/');
    let segments = segments.map(|segment| if hides(segment) { HIDDEN } else { segment });
    cut(&segments.collect::<Vec<_>>().join("/"), LONGEST_TEXT)
}

/// A header of several words, such as `User-Agent`.
pub(crate) fn text(text: &str) -> String {
    words(text, LONGEST_TEXT)
}

/// The `User-Agent` header of a cmdlet, which names a dozen programs with their versions.
pub(crate) fn agent(text: &str) -> String {
    words(text, LONGEST_AGENT)
}

/// A path of Resource Manager's as it was sent.
pub(crate) fn sent_path(text: &str) -> String {
    cut(&without_tokens(text, '/'), LONGEST_SENT)
}

/// The parameters of a query or of a form as they were sent. Names and values that are not IMDS's own are
/// hidden, as [`query`] hides them.
pub(crate) fn sent_parameters(text: &str) -> String {
    let decoded = |part: &str| {
        percent_decode_str(&part.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let shown = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (known, value) = (decoded(name), decoded(value));
        match (
            unless_token(&known) == HIDDEN,
            shown_value(&known, &value) == HIDDEN,
        ) {
            (true, _) => format!("{HIDDEN}={HIDDEN}"),
            (false, true) if part.contains('=') => format!("{name}={HIDDEN}"),
            _ => part.to_owned(),
        }
    };
    let parts: Vec<String> = text.split('&').map(shown).collect();
    cut(&parts.join("&"), LONGEST_PARAMETERS)
}

/// The body of an approval of events as it was sent: JSON, which names events by their ids.
pub(crate) fn sent_json(text: &str) -> String {
    error_body(text)
}

/// A query of Resource Manager's as it was sent. Its parameters hold no secrets, so all are kept.
pub(crate) fn sent_query(text: &str) -> String {
    cut(&without_tokens(text, '&'), LONGEST_SENT)
}

fn words(text: &str, longest: usize) -> String {
    let words = text.split(' ').map(unless_token);
    cut(&words.collect::<Vec<_>>().join(" "), longest)
}

/// The parts of a text that may be encoded, but for those that look like a token.
fn without_tokens(text: &str, separator: char) -> String {
    let shown = |part| {
        let decoded = percent_decode_str(part).decode_utf8_lossy();
        if decoded.contains("eyJ") {
            HIDDEN
        } else {
            part
        }
    };
    let parts: Vec<&str> = text.split(separator).map(shown).collect();
    parts.join(&separator.to_string())
}

/// A header of one word, such as an id.
pub(crate) fn word(text: &str) -> String {
    cut(unless_token(text), LONGEST_WORD)
}

/// The body of an error, which may repeat what its client sent.
pub(crate) fn error_body(text: &str) -> String {
    let separates = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    let pieces = text.split_inclusive(separates).flat_map(|piece| {
        let (word, rest) = piece.split_at(piece.trim_end_matches(separates).len());
        [unless_token(word), rest]
    });
    cut(&pieces.collect::<String>(), LONGEST_BODY)
}

/// As many whole pairs as fit.
pub(crate) fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        let pair = pair(name, value);
        if query.len() + 1 + pair.len() > LONGEST_QUERY {
            break;
        }
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(&pair);
    }
    query.shrink_to_fit();
    query
}

fn pair(name: &str, value: &str) -> String {
    let (name, value) = (cut(unless_token(name), LONGEST_WORD), shown(name, value));
    let mut pair = Serializer::new(String::new());
    pair.append_pair(&name, &value).finish()
}

fn shown(name: &str, value: &str) -> String {
    cut(shown_value(name, value), LONGEST_TEXT)
}

fn shown_value<'a>(name: &str, value: &'a str) -> &'a str {
    if KNOWN.contains(&name) {
        unless_token(value)
    } else {
        HIDDEN
    }
}

/// Signed tokens begin with the Base64 of a JSON object, whose first letters are always the same.
fn unless_token(word: &str) -> &str {
    if word.contains("eyJ") { HIDDEN } else { word }
}

fn cut(text: &str, longest: usize) -> String {
    text[..text.floor_char_boundary(longest)].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_the_values_of_imds_s_own_parameters_only() {
        let pairs = [
            ("resource", "https://vault.azure.net/"),
            ("password", "s3cret"),
            ("client_id", "eyJhbGciOi.x.y"),
        ];
        assert_eq!(
            query(pairs.into_iter()),
            "resource=https%3A%2F%2Fvault.azure.net%2F&password=%28hidden%29&client_id=%28hidden%29"
        );
    }

    #[test]
    fn keeps_no_token_wherever_it_is_put() {
        assert_eq!(path("/metadata/eyjhbgcioi.x.y"), "/metadata/(hidden)");
        assert_eq!(path("/a/bearer%20eyjhbgcioi.x.y/b"), "/a/(hidden)/b");
        assert_eq!(sent_path("/a/%65yJhbGciOi.x.y/B"), "/a/(hidden)/B");
        assert_eq!(sent_query("a=%20&b=eyJhbGciOi.x.y"), "a=%20&(hidden)");
        assert_eq!(
            sent_parameters(
                "Resource=a&resource=%65yJ.x.y&client%5fid=A%2f&p%61ss=s3cret&eyJx&flag"
            ),
            "Resource=(hidden)&resource=(hidden)&client%5fid=A%2f&p%61ss=(hidden)&(hidden)=(hidden)&flag"
        );
        assert_eq!(agent("a/1 eyJhbGciOi.x.y"), "a/1 (hidden)");
        assert_eq!(super::text("Bearer eyJhbGciOi.x.y"), "Bearer (hidden)");
        assert_eq!(
            error_body(r#"{ "error": "Path = \"/metadata/eyJhbGciOi.x.y\", é" }"#),
            r#"{ "error": "Path = \"/metadata/(hidden)\", é" }"#
        );
        assert_eq!(
            query([("eyJh.x.y", "")].into_iter()),
            "%28hidden%29=%28hidden%29"
        );
    }

    proptest! {
        #[test]
        fn nothing_gets_long(text in "\\PC{0,2000}", count in 0..50_usize) {
            prop_assert!(path(&text).len() <= LONGEST_TEXT);
            prop_assert!(super::text(&text).len() <= LONGEST_TEXT);
            prop_assert!(error_body(&text).len() <= LONGEST_BODY);
            let pairs = std::iter::repeat_n((text.as_str(), text.as_str()), count);
            prop_assert!(query(pairs).len() <= LONGEST_QUERY);
        }

        #[test]
        fn what_is_no_token_is_kept_from_its_beginning(text in "\\PC{0,2000}", count in 0..50_usize) {
            // Three letters of chance can make the beginning of a token.
            prop_assume!(!text.contains("eyJ"));
            prop_assert!(text.starts_with(&error_body(&text)));
            let known = std::iter::repeat_n(("resource", text.as_str()), count);
            let query = query(known);
            prop_assert!(query.len() <= LONGEST_QUERY);
            let values = form_urlencoded::parse(query.as_bytes());
            prop_assert!(values.into_iter().all(|(name, value)| name == "resource" && text.starts_with(&*value)));
        }
    }
}
