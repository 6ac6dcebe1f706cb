//! Where load may go. Nothing reaches the real service by accident.
//!
//! A target is named by its address. No name but `localhost` is looked up, since a name may lead to the real service.

use std::net::IpAddr;

use imds_client::Endpoint;
use reqwest::Url;
use thiserror::Error;

/// What the sessions of a run in real time ask.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// An emulator of the run's own, on a free port of loopback.
    Embedded,
    /// The same at the metadata address, in a network that this process has for itself.
    AtMetadataAddress,
    /// Something that runs already.
    Target(Endpoint),
}

/// What the user has allowed on the command line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// Targets that are not this machine's loopback.
    pub remote: bool,
    /// The address of the real service.
    pub metadata_address: bool,
}

/// Why load does not go to a target.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum TargetError {
    /// The text is no endpoint.
    #[error("{0}")]
    NotAnEndpoint(String),
    /// Not this machine.
    #[error("{0} is not a loopback address; load goes there only with --allow-remote-target")]
    Remote(String),
    /// A name may lead anywhere.
    #[error(
        "{0} is a name; name a target by its address, so that it cannot lead to the real service"
    )]
    Name(String),
    /// The real service.
    #[error(
        "{0} is the address of the real Instance Metadata Service, which this load would throttle for \
         the whole VM; load goes there only with --allow-remote-target and --allow-metadata-address"
    )]
    MetadataAddress(String),
}

/// The endpoint that a text names, if load may go there. No name is looked up but `localhost`.
///
/// # Errors
/// If the text is no endpoint, or load may not go there.
pub(crate) fn endpoint(text: &str, allowed: Allowed) -> Result<Endpoint, TargetError> {
    let endpoint: Endpoint = text
        .parse()
        .map_err(|error| TargetError::NotAnEndpoint(format!("{error}")))?;
    let host = host(&endpoint);
    match place(&host) {
        Place::Loopback => Ok(endpoint),
        Place::Metadata if allowed.remote && allowed.metadata_address => Ok(endpoint),
        Place::Metadata => Err(TargetError::MetadataAddress(host)),
        Place::Remote if allowed.remote => Ok(endpoint),
        Place::Remote => Err(TargetError::Remote(host)),
        Place::Name => Err(TargetError::Name(host)),
    }
}

/// Whether it is a loopback address, so that this machine counts the connections that it drops.
pub(crate) fn is_loopback(endpoint: &Endpoint) -> bool {
    place(&host(endpoint)) == Place::Loopback
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Loopback,
    Metadata,
    Remote,
    Name,
}

fn host(endpoint: &Endpoint) -> String {
    let url = Url::parse(&endpoint.to_string()).expect("an endpoint is a URL");
    url.host_str().expect("an endpoint has a host").to_owned()
}

fn place(host: &str) -> Place {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse::<IpAddr>() {
        Ok(address) => place_of(address.to_canonical()),
        Err(_) if host.eq_ignore_ascii_case("localhost") => Place::Loopback,
        Err(_) => Place::Name,
    }
}

fn place_of(address: IpAddr) -> Place {
    match address {
        _ if address.is_loopback() => Place::Loopback,
        IpAddr::V4(v4) if v4.octets() == [169, 254, 169, 254] => Place::Metadata,
        _ => Place::Remote,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Allowed = Allowed {
        remote: false,
        metadata_address: false,
    };
    const REMOTE: Allowed = Allowed {
        remote: true,
        metadata_address: false,
    };
    const ALL: Allowed = Allowed {
        remote: true,
        metadata_address: true,
    };

    #[test]
    fn load_goes_to_this_machine() {
        for text in [
            "http://127.0.0.1:16925",
            "http://127.9.9.9:1",
            "http://[::1]:80",
            "http://localhost:1",
        ] {
            assert!(endpoint(text, NOTHING).is_ok(), "{text}");
        }
    }

    #[test]
    fn load_goes_elsewhere_only_when_allowed() {
        for text in ["http://192.0.2.7", "http://[2001:db8::1]:80"] {
            assert!(
                matches!(endpoint(text, NOTHING), Err(TargetError::Remote(_))),
                "{text}"
            );
            assert!(endpoint(text, REMOTE).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_name_is_not_looked_up() {
        for text in ["http://imds.example", "http://localhost.example"] {
            assert!(
                matches!(endpoint(text, ALL), Err(TargetError::Name(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn load_goes_to_the_real_service_only_when_that_is_allowed_too() {
        // Nothing is connected to here: the addresses, in several spellings, are only judged.
        for text in [
            "http://169.254.169.254",
            "http://[::ffff:169.254.169.254]",
            "http://0xa9fea9fe",
            "http://2852039166",
        ] {
            assert!(
                matches!(
                    endpoint(text, NOTHING),
                    Err(TargetError::MetadataAddress(_))
                ),
                "{text}"
            );
            assert!(
                matches!(endpoint(text, REMOTE), Err(TargetError::MetadataAddress(_))),
                "{text}"
            );
            assert!(endpoint(text, ALL).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        assert!(matches!(
            endpoint("16925", NOTHING),
            Err(TargetError::NotAnEndpoint(_))
        ));
    }
}
