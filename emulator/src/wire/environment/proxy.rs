//! Which hosts are asked without a proxy.

use std::ffi::OsStr;
use std::iter;

/// They keep proxies away from the endpoint, each a list with commas. Programs read both names, and where both are set
/// prefer the lower-case one (read in Python 3's `urllib.request.getproxies_environment`) or the other (read in Go's
/// `golang.org/x/net/http/httpproxy` and in reqwest 0.11), so that each has to hold the user's list.
pub const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// The user's list of hosts for the variable of that name; where it has none, that of the other name, which clients read
/// as long as this one is not set.
pub fn own_list<T: AsRef<OsStr>>(name: &str, own: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut lists = iter::once(name).chain(NO_PROXY).filter_map(own);
    lists.find(|list| !list.as_ref().is_empty())
}

/// What is added to those lists: loopback, and the endpoints' own hosts where they are others.
#[must_use]
pub fn without_proxy<'a>(endpoints: impl IntoIterator<Item = &'a str>) -> String {
    let mut hosts = vec!["127.0.0.1", "localhost", "::1"];
    for host in endpoints.into_iter().map(host) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

fn host(endpoint: &str) -> &str {
    let authority = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_matches(['[', ']'])
}
