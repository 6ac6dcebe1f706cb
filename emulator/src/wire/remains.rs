//! What can be made out of a request that the HTTP layer refuses: no HTTP, or a head that is too long.

use std::fmt;
use std::sync::Arc;

use http::Uri;

use crate::wire::redact;
use crate::wire::target::Target;

/// The parts of such a request that could be made out.
#[derive(Debug)]
pub(crate) struct Remains<'a> {
    /// Empty if there is none.
    pub(crate) method: &'a str,
    /// `/` if there is none.
    pub(crate) uri: Uri,
    /// Its parts.
    pub(crate) target: Arc<Target>,
    pub(crate) user_agent: Option<&'a str>,
    /// What the bytes are, if they are known for something else.
    kind: Option<&'static str>,
    start: &'a [u8],
}

/// So many bytes are shown of what is no request at all.
const SHOWN: usize = 32;

impl<'a> Remains<'a> {
    /// Of the bytes that a request began with; they may be cut anywhere.
    pub(crate) fn of(start: &'a [u8]) -> Remains<'a> {
        let text = readable(start);
        let (line, headers) = text.split_once('\n').unwrap_or((text, ""));
        let mut words = line.split_ascii_whitespace();
        let method = words.next().filter(|word| is_method(word));
        let sent = method.and_then(|_| words.next()).unwrap_or_default();
        let uri = uri(sent);
        Remains {
            method: method.unwrap_or_default(),
            target: Arc::new(Target::of(&uri)),
            uri,
            user_agent: user_agent(headers),
            kind: kind(start),
            start,
        }
    }

    /// What is wrong with it; with the bytes that it began with if no method could be made out.
    pub(crate) fn reason(&self, error: &impl fmt::Display) -> String {
        if let Some(kind) = self.kind {
            return kind.to_owned();
        }
        if !self.method.is_empty() || self.start.is_empty() {
            return error.to_string();
        }
        let shown = self.start[..self.start.len().min(SHOWN)].escape_ascii();
        redact::text(&format!("{error}; it began with {shown}"))
    }
}

/// As much as is UTF-8.
fn readable(start: &[u8]) -> &str {
    let whole = start.utf8_chunks().next();
    whole.map_or("", |chunk| chunk.valid())
}

fn is_method(word: &str) -> bool {
    word.len() <= 16
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
}

/// The longest beginning that is a URI.
fn uri(sent: &str) -> Uri {
    let is_of_uri = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}#".contains(c);
    let end = sent.find(|c| !is_of_uri(c)).unwrap_or(sent.len());
    sent[..end].parse().unwrap_or_default()
}

fn user_agent(headers: &str) -> Option<&str> {
    let mut pairs = headers.lines().filter_map(|line| line.split_once(':'));
    let agent = pairs.find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
    agent.map(|(_, value)| value.trim())
}

fn kind(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(&[0x16, 3]) {
        return Some("a TLS handshake; this port serves HTTP without TLS");
    }
    let is_http2 = start.starts_with(b"PRI * HTTP/2.0");
    is_http2.then_some("HTTP/2; this port serves HTTP/1.1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_made_out_is() {
        let remains = Remains::of(
            b"GET //Metadata/identity/oauth2/token?resource=A\xff HTTP/1.1\r\nHost: x\r\nUSER-AGENT: curl/8\r\nbad header\r\n",
        );
        assert_eq!(remains.method, "GET");
        assert_eq!(
            &*remains.target.shown_sent,
            "//Metadata/identity/oauth2/token?resource=A"
        );
        let whole = Remains::of(b"GET /a b HTTP/1.1\r\nUSER-AGENT:  curl/8 \r\nx");
        assert_eq!(
            (&*whole.target.path, whole.user_agent),
            ("/a", Some("curl/8"))
        );
        assert_eq!(whole.kind, None);
    }

    #[test]
    fn the_reason_shows_the_first_bytes_of_what_is_no_request_and_no_token() {
        let reason = |start: &'static [u8]| Remains::of(start).reason(&"bad");
        assert_eq!(reason(b"GET /a b"), "bad");
        assert_eq!(reason(b""), "bad");
        assert_eq!(
            reason(b"\x00hello\r\n"),
            r"bad; it began with \x00hello\r\n"
        );
        let shown = reason(&[b'x'; 100]);
        assert_eq!(shown, format!("bad; it began with {}", "x".repeat(SHOWN)));
        assert!(!reason(b"bearer eyJhbGciOi.eyJhdWQi.c2ln").contains("eyJ"));
    }

    #[test]
    fn what_is_something_else_is_named_and_never_fails() {
        let kind = |start: &'static [u8]| Remains::of(start).kind.unwrap_or_default();
        assert!(kind(b"\x16\x03\x01\x02\x00").contains("TLS"));
        assert!(kind(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").contains("HTTP/2"));
        for start in [
            b"".as_slice(),
            b"\n\n",
            b"\xff\xfe",
            b"get / HTTP/1.1",
            b"GET",
        ] {
            let remains = Remains::of(start);
            assert_eq!(&*remains.target.path, "", "{start:?}");
        }
    }
}
