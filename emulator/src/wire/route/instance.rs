//! `GET /metadata/instance[/path…]`: what the VM is, as a whole or in part.

use serde::Serialize;
use serde_json::Value;

use super::versions;
use crate::config::VmSettings;
use crate::model::instance::EXTENDED;
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/instance";

/// The first version there is (documented).
const FIRST_VERSION: &str = "2017-03-01";

/// The first version whose fields are documented. That the one before has the same is assumed.
const FIRST_DESCRIBED: &str = "2017-04-02";

/// A part of the document, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    element: Value,
    /// What stands behind all of it (observed in 2025), where it is asked for.
    extended: Option<Value>,
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Text,
}

/// Whether a path is the endpoint's or leads into the document.
pub(super) fn holds(path: &str) -> bool {
    beneath(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `extended=true`, which cloud-init and azure-init send, is not documented. That another value of it, as any other
/// parameter, is ignored is assumed.
pub(super) fn read(head: &Head, config: &VmSettings) -> Result<Part, Flaw> {
    let version = versions::asked(head, FIRST_VERSION)?.max(FIRST_DESCRIBED);
    let format = format(head)?;
    let path = beneath(head.path()).unwrap_or_default();
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let element = match head.parameter(EXTENDED) {
        Some("true") => config.instance.extended_element(version, segments),
        _ => config.instance.element(version, segments),
    };
    let mut element = element.ok_or(Flaw::ElementUnknown)?;
    let is_leaf = !(element.is_object() || element.is_array());
    ensure(!is_leaf || format == Format::Text, Flaw::LeafAsJson)?;
    let whole = element.as_object_mut();
    let extended = whole.and_then(|whole| whole.remove(EXTENDED));
    Ok(Part {
        element,
        extended,
        format,
    })
}

fn beneath(path: &str) -> Option<&str> {
    path.strip_prefix(PATH)
}

/// JSON unless text is asked for (documented).
fn format(head: &Head) -> Result<Format, Flaw> {
    match head.parameter("format") {
        None | Some("json") => Ok(Format::Json),
        Some("text") => Ok(Format::Text),
        Some(_) => Err(Flaw::ValueNotAllowed("format")),
    }
}

impl Part {
    pub(crate) fn answer(&self) -> Answer {
        match self.format {
            Format::Json => reply::json(&self.body()),
            Format::Text => reply::text(self.listing()),
        }
    }

    fn body(&self) -> Body<'_> {
        let element = &self.element;
        match &self.extended {
            Some(extended) => Body::Extended { element, extended },
            None => Body::Plain(element),
        }
    }

    fn listing(&self) -> String {
        let extended = self.extended.as_ref();
        let extended = extended.map(|value| format!("\n{}", listed(EXTENDED, value)));
        text(&self.element) + &extended.unwrap_or_default()
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Extended {
        #[serde(flatten)]
        element: &'a Value,
        extended: &'a Value,
    },
    Plain(&'a Value),
}

/// A leaf as it is (documented). Of anything else the names of what is in it, one a line, with a slash
/// behind those that hold more: said to be so, but never captured, so assumed.
fn text(element: &Value) -> String {
    match element {
        Value::Object(object) => {
            let lines = object.iter().map(|(name, value)| listed(name, value));
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::Array(items) => {
            let lines = items.iter().enumerate();
            let lines = lines.map(|(index, value)| listed(&index.to_string(), value));
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::String(leaf) => leaf.clone(),
        leaf => leaf.to_string(),
    }
}

fn listed(name: &str, value: &Value) -> String {
    let holds_more = value.is_object() || value.is_array();
    format!("{name}{}", if holds_more { "/" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::head::get;

    fn asked(target: &str) -> Result<Part, Flaw> {
        let config = VmSettings::default();
        read(&get(&format!("{PATH}{target}")), &config)
    }

    fn listing(path: &str) -> String {
        let ask = asked(&format!("{path}?api-version=2021-02-01&format=text")).unwrap();
        ask.listing()
    }

    #[test]
    fn a_leaf_is_to_be_had_as_text_alone() {
        let leaf = "/compute/location?api-version=2021-02-01";
        assert_eq!(asked(leaf), Err(Flaw::LeafAsJson));
        assert_eq!(asked(&format!("{leaf}&format=json")), Err(Flaw::LeafAsJson));
        assert_eq!(listing("/compute/location"), "westeurope");
        assert_eq!(listing("/compute/zone"), "");
    }

    #[test]
    fn anything_else_is_listed_as_text() {
        assert_eq!(listing(""), "compute/\nnetwork/");
        assert_eq!(listing("/network/interface"), "0/");
        assert_eq!(listing("/network/interface/0"), "ipv4/\nipv6/\nmacAddress");
        assert_eq!(listing("/network/interface/0/ipv6/ipAddress"), "");
    }

    #[test]
    fn checks_the_version_before_the_format_before_the_element() {
        assert_eq!(asked("/x?format=xml"), Err(Flaw::VersionInvalid));
        let known = "/x?api-version=2017-03-01";
        assert_eq!(
            asked(&format!("{known}&format=xml")),
            Err(Flaw::ValueNotAllowed("format"))
        );
        assert_eq!(asked(known), Err(Flaw::ElementUnknown));
    }

    #[test]
    fn the_first_version_is_answered_as_the_first_that_is_described() {
        assert_eq!(
            asked("?api-version=2017-03-01"),
            asked("?api-version=2017-04-02&extended=true")
        );
    }

    #[test]
    fn what_is_extended_is_there_where_it_is_asked_for_since_its_version() {
        let whole = |query: &str| serde_json::to_string(&asked(query).unwrap().body()).unwrap();
        let plain = whole("?api-version=2021-03-01");
        assert!(!plain.contains("ppsType"), "{plain}");
        for without in ["2021-02-01&extended=true", "2021-03-01&extended=1"] {
            let without = whole(&format!("?api-version={without}"));
            assert!(!without.contains("ppsType"), "{without}");
        }
        assert_eq!(
            whole("?api-version=2021-03-01&extended=true"),
            format!(
                r#"{},"extended":{{"compute":{{"hasCustomData":false,"ppsType":"None"}}}}}}"#,
                plain.strip_suffix('}').unwrap()
            )
        );
    }

    #[test]
    fn a_part_of_what_is_extended_is_to_be_had_as_any_other() {
        let version = "api-version=2021-08-01";
        let flag = "/extended/compute/hasCustomData";
        assert_eq!(
            asked(&format!("{flag}?{version}")),
            Err(Flaw::ElementUnknown)
        );
        let listing = |path: &str| {
            let query = format!("{path}?{version}&extended=true&format=text");
            asked(&query).unwrap().listing()
        };
        assert_eq!(listing(flag), "false");
        assert_eq!(listing(""), "compute/\nnetwork/\nextended/");
    }
}
