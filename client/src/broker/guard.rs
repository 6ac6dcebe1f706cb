//! Which requests are answered at all.
//!
//! A page in a browser can make requests to loopback, too. It cannot set the `Metadata` header on them
//! without asking first (CORS), which is refused; and should its own name be made to lead here, its
//! `Host` gives it away. So nothing but an address and `localhost` is taken for a host.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;

use super::BrokerSettings;
use super::head::Head;

/// Why a request is turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It was not meant for this address, as far as one can be sure.
    ForeignHost,
    /// A page in a browser sends it.
    FromPage,
    /// It came through a proxy.
    Forwarded,
    MetadataHeaderMissing,
    /// The header of App Service's protocol is missing, or another than it should be.
    IdentityHeaderWrong,
    PathUnknown,
    MethodNotAllowed,
    BodyTooLong,
    /// What App Service's protocol asks for is not understood.
    AppService(&'static str),
}

/// What is asked of every request, whatever it is for.
pub(super) fn check_sender(head: &Head, settings: &BrokerSettings) -> Result<(), Flaw> {
    let named = head.header(HOST.as_str());
    let hosts = named.into_iter().chain(head.authority.as_deref());
    let mut hosts = hosts.peekable();
    let is_named = hosts.peek().is_some();
    let allowed = &settings.allowed_hosts;
    ensure(
        is_named && hosts.all(|host| is_ours(host, allowed)),
        Flaw::ForeignHost,
    )?;
    ensure(!head.headers.contains_key(ORIGIN), Flaw::FromPage)?;
    // Documented: what came through a proxy is turned away.
    ensure(
        !head.headers.contains_key("x-forwarded-for"),
        Flaw::Forwarded,
    )
}

/// Clients that send `True` are served, as by IMDS.
pub(super) fn check_metadata(head: &Head) -> Result<(), Flaw> {
    let value = head.header("metadata");
    let is_true = value.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    ensure(is_true, Flaw::MetadataHeaderMissing)
}

pub(super) fn ensure(holds: bool, flaw: Flaw) -> Result<(), Flaw> {
    if holds { Ok(()) } else { Err(flaw) }
}

fn is_ours(host: &str, allowed: &[String]) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let host = authority.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut names = allowed.iter().map(String::as_str).chain(["localhost"]);
    bare.parse::<IpAddr>().is_ok() || names.any(|name| name.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_or_localhost_or_allowed() {
        let allowed = ["host.docker.internal".to_owned()];
        for host in [
            "127.0.0.1:80",
            "169.254.169.254",
            "[::1]:80",
            "LocalHost:1",
            "host.docker.internal:80",
        ] {
            assert!(is_ours(host, &allowed), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.",
            "a b",
        ] {
            assert!(!is_ours(host, &allowed), "{host}");
        }
    }
}
