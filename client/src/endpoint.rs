//! Where IMDS is: the base address of requests.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The base address of an IMDS, such as `http://127.0.0.1:16925`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without a slash at its end.
    base: String,
}

impl Endpoint {
    /// The address at which every Azure VM finds its own IMDS (documented).
    pub const IMDS: &str = "http://169.254.169.254";

    /// The full address of a request's target, which begins with a slash.
    #[must_use]
    pub fn address(&self, target: &str) -> String {
        format!("{}{target}", self.base)
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    /// Parses `http://HOST[:PORT]` with an optional path prefix. Slashes at the end are cut off, so
    /// that the path that is sent never begins with two.
    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let refused = || EndpointError(text.to_owned());
        let url = reqwest::Url::parse(text).map_err(|_| refused())?;
        let anonymous = url.username().is_empty() && url.password().is_none();
        let bare = anonymous && url.query().is_none() && url.fragment().is_none();
        if url.scheme() != "http" || !url.has_host() || !bare {
            return Err(refused());
        }
        Ok(Self {
            base: url.as_str().trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)
    }
}

/// A text that is not a base address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no endpoint: expected http://HOST[:PORT]")]
pub struct EndpointError(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_off_slashes_at_its_end() {
        for text in [
            "http://127.0.0.1:80",
            "http://127.0.0.1",
            "http://127.0.0.1//",
        ] {
            let endpoint: Endpoint = text.parse().expect("an endpoint");
            assert_eq!(endpoint.address("/metadata"), "http://127.0.0.1/metadata");
        }
    }

    #[test]
    fn refuses_what_is_no_base_address() {
        for text in [
            "",
            "127.0.0.1:80",
            "https://a",
            "http://",
            "http://a/?b",
            "http://a@b",
            "http://:a@b",
            "file:///a",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text:?}");
        }
    }
}
