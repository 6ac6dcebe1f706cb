//! `/metadata/instance`: the description of the VM, as a whole or in part.

use std::fmt;
use std::str::FromStr;

use form_urlencoded::Serializer;
use rand::Rng;
use serde_json::Value;
use thiserror::Error;

use super::imds_request::ImdsRequest;
use super::request::Request;
use super::unreadable::Unreadable;

/// A request for the description of the VM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRequest {
    /// Which part; the default is all of it.
    pub path: InstancePath,
    /// A version of the API, such as `2021-02-01`; it determines the fields.
    pub api_version: String,
    /// How the answer is written.
    pub format: InstanceFormat,
}

impl InstanceRequest {
    /// The default version: that of Microsoft's examples, and old enough for every region (assumed).
    pub const API_VERSION: &str = "2021-02-01";
}

impl Default for InstanceRequest {
    fn default() -> Self {
        Self {
            path: InstancePath::default(),
            api_version: Self::API_VERSION.to_owned(),
            format: InstanceFormat::default(),
        }
    }
}

impl ImdsRequest for InstanceRequest {
    type Reply = Instance;
    const WANTED: &'static str = "instance metadata";

    fn to_wire(&self, rng: &mut dyn Rng) -> Request {
        let mut query = Serializer::new(String::new());
        query.append_pair("api-version", &self.api_version);
        query.append_pair("format", self.format.name());
        let target = format!("/metadata/instance{}?{}", self.path, query.finish());
        Request::get(target, rng)
    }

    fn read(&self, body: &[u8]) -> Result<Instance, Unreadable> {
        match self.format {
            InstanceFormat::Json => Unreadable::json(body).map(Instance::Json),
            InstanceFormat::Text => {
                let text = str::from_utf8(body).map_err(|_| Unreadable::NotText)?;
                Ok(Instance::Text(text.to_owned()))
            }
        }
    }

    /// A 404 means that there is no such element (documented).
    fn is_final(&self, status: u16) -> bool {
        status == 404
    }
}

/// The format of an answer about the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InstanceFormat {
    /// JSON, in which every single value is a string. A single value on its own is refused as JSON
    /// (documented).
    #[default]
    Json,
    /// A single value as it is.
    Text,
}

impl InstanceFormat {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
        }
    }
}

/// The description of the VM, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instance {
    /// As JSON.
    Json(Value),
    /// As text.
    Text(String),
}

/// A path in the document: names and indexes, such as `network/interface/0/macAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstancePath {
    segments: Vec<String>,
}

impl FromStr for InstancePath {
    type Err = InstancePathError;

    /// Slashes at either end are ignored.
    fn from_str(text: &str) -> Result<Self, InstancePathError> {
        let path = text.trim_matches('/');
        let segments = path.split('/').filter(|_| !path.is_empty());
        let segments: Vec<String> = segments.map(str::to_owned).collect();
        if segments.iter().all(|segment| is_name_or_index(segment)) {
            Ok(Self { segments })
        } else {
            Err(InstancePathError(text.to_owned()))
        }
    }
}

/// Every name in the documented documents consists of such characters, so that no escape is needed.
fn is_name_or_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl fmt::Display for InstancePath {
    /// With a slash before each segment.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut segments = self.segments.iter();
        segments.try_for_each(|segment| write!(f, "/{segment}"))
    }
}

/// A text that is not a path in the document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no path: expected names and indexes such as network/interface/0/macAddress")]
pub struct InstancePathError(String);

#[cfg(test)]
mod tests {
    use super::super::request::tests::target;
    use super::*;

    fn request(path: &str, format: InstanceFormat) -> InstanceRequest {
        let path = path.parse().expect("a path");
        InstanceRequest {
            path,
            format,
            ..InstanceRequest::default()
        }
    }

    #[test]
    fn asks_for_all_or_for_a_part() {
        assert_eq!(
            target(&request("", InstanceFormat::Json)),
            "/metadata/instance?api-version=2021-02-01&format=json"
        );
        assert_eq!(
            target(&request("/network/interface/0/", InstanceFormat::Text)),
            "/metadata/instance/network/interface/0?api-version=2021-02-01&format=text"
        );
    }

    #[test]
    fn a_path_is_made_of_names_and_indexes() {
        for text in ["a?b", "a//b", "../token", "a%2Fb", "a b", "a#"] {
            assert!(text.parse::<InstancePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_the_format_it_asked_for() {
        let json = request("", InstanceFormat::Json);
        let expected = Instance::Json(serde_json::json!({ "compute": {} }));
        assert_eq!(json.read(br#"{"compute":{}}"#), Ok(expected));
        assert_eq!(json.read(b"westeurope"), Err(Unreadable::NotJson));
        let text = request("compute/location", InstanceFormat::Text);
        let expected = Instance::Text("westeurope".to_owned());
        assert_eq!(text.read(b"westeurope"), Ok(expected));
        assert_eq!(text.read(b"\xff"), Err(Unreadable::NotText));
    }
}
