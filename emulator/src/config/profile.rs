//! The named profiles.

use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::Section;

/// Lays a profile beneath the user's own keys: the chosen one, else the one the document names. Its
/// name, or `None` and a problem noted.
pub(super) fn underlay(section: &mut Section, chosen: Option<&str>) -> Option<String> {
    let named: Option<String> = section.required("profile");
    let name = chosen.map_or(named, |chosen| Some(chosen.to_owned()))?;
    let found = profiles().remove(name.as_str()).map(Spanned::into_inner);
    if let Some(DeValue::Table(table)) = found {
        section.underlay(table);
        return Some(name);
    }
    let known = names().join(", ");
    section.refuse(
        "profile",
        format!("`{name}` is unknown, expected one of {known}"),
    );
    None
}

pub(super) fn names() -> Vec<String> {
    let profiles = profiles();
    profiles
        .keys()
        .map(|name| name.get_ref().to_string())
        .collect()
}

fn profiles() -> DeTable<'static> {
    static PARSED: LazyLock<DeTable<'static>> = LazyLock::new(|| {
        let table = DeTable::parse(include_str!("profiles.toml"));
        table.expect("a test reads the profiles").into_inner()
    });
    PARSED.clone()
}
