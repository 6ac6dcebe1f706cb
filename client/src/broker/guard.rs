//! Which requests are answered at all.
//!
//! A web page can send requests to loopback, too. It cannot set the `Metadata` header without a CORS
//! preflight, which is turned away. If the page's own name is made to resolve to this machine (DNS
//! rebinding), its `Host` is that name. So a host must be an address, `localhost` or an allowed name.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::uri::Authority;

use super::head::Head;
use super::settings::BrokerSettings;

/// Why a request is turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rejection {
    /// Its `Host` is another name than this machine may have.
    ForeignHost,
    /// A web page sends it.
    FromPage,
    /// It came through a proxy.
    Forwarded,
    MetadataHeaderMissing,
    /// The header of App Service's protocol is missing or wrong.
    IdentityHeaderWrong,
    PathUnknown,
    /// Its path leads out of the folder that it begins with.
    PathClimbs,
    MethodNotAllowed,
    BodyTooLong,
    /// It is not valid in App Service's protocol.
    AppService(&'static str),
}

/// Checks what every request must fulfil.
pub(super) fn check_sender(head: &Head, settings: &BrokerSettings) -> Result<(), Rejection> {
    let named = head.header(HOST.as_str());
    let hosts = named.into_iter().chain(head.authority.as_deref());
    let mut hosts = hosts.peekable();
    let is_named = hosts.peek().is_some();
    let allowed = &settings.allowed_hosts;
    ensure(
        is_named && hosts.all(|host| is_ours(host, allowed)),
        Rejection::ForeignHost,
    )?;
    ensure(!head.headers.contains_key(ORIGIN), Rejection::FromPage)?;
    // Documented: a request that came through a proxy is turned away.
    ensure(
        !head.headers.contains_key("x-forwarded-for"),
        Rejection::Forwarded,
    )
}

/// Checks IMDS's own header. `True` is accepted, too, as by IMDS.
pub(super) fn check_metadata(head: &Head) -> Result<(), Rejection> {
    let value = head.header("metadata");
    let is_true = value.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    ensure(is_true, Rejection::MetadataHeaderMissing)
}

pub(super) fn ensure(holds: bool, rejection: Rejection) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(rejection) }
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
