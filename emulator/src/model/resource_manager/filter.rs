//! `$filter`, as far as Azure CLI and Azure PowerShell use it to list resources.

use super::subscription::Resource;

/// Conditions that must all hold: `resourceType eq 'T' and name eq 'N'`. The fields are `resourceType`,
/// `resourceGroup`, `name`, `location`, `tagName` and `tagValue`; words and values compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<(Field, String)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Kind,
    Group,
    Name,
    Location,
    TagName,
    TagValue,
}

impl Filter {
    /// Reads a filter; `None` if it is of another form. (The real service supports more.)
    #[must_use]
    pub fn parse(text: &str) -> Option<Filter> {
        let mut conditions = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (condition, after) = condition(rest)?;
            conditions.push(condition);
            rest = match word(after.trim_start()) {
                ("", "") => "",
                (and, after) if and.eq_ignore_ascii_case("and") && !after.trim().is_empty() => {
                    after.trim_start()
                }
                _ => return None,
            };
        }
        Some(Filter(conditions))
    }

    pub(super) fn matches(&self, resource: &Resource) -> bool {
        let holds = |(field, value): &(Field, String)| {
            let found = match field {
                Field::Kind => &resource.kind,
                Field::Group => &resource.group,
                Field::Name => &resource.name,
                Field::Location => &resource.location,
                // Together, below.
                Field::TagName | Field::TagValue => return true,
            };
            found.eq_ignore_ascii_case(value)
        };
        self.0.iter().all(holds) && self.matches_a_tag(resource)
    }

    /// Name and value have to be those of one tag.
    fn matches_a_tag(&self, resource: &Resource) -> bool {
        let wanted = |field: Field| {
            let mut conditions = self.0.iter();
            let found = conditions.find(|(own, _)| *own == field);
            found.map(|(_, value)| value.as_str())
        };
        let (name, value) = (wanted(Field::TagName), wanted(Field::TagValue));
        let fits = |(own_name, own_value): (&String, &String)| {
            name.is_none_or(|name| own_name.eq_ignore_ascii_case(name))
                && value.is_none_or(|value| own_value == value)
        };
        name.is_none() && value.is_none() || resource.details.tags.iter().any(fits)
    }
}

/// `field eq 'value'`, and what comes after it. A quote in a value is doubled.
fn condition(text: &str) -> Option<((Field, String), &str)> {
    let (name, rest) = word(text);
    let (eq, rest) = word(rest.trim_start());
    let mut rest = rest.trim_start().strip_prefix('\'')?;
    if !eq.eq_ignore_ascii_case("eq") {
        return None;
    }
    let mut value = String::new();
    loop {
        let (part, after) = rest.split_once('\'')?;
        value.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some(((field(name)?, value), after)),
        }
    }
}

fn field(name: &str) -> Option<Field> {
    let known = [
        ("resourceType", Field::Kind),
        ("resourceGroup", Field::Group),
        ("name", Field::Name),
        ("location", Field::Location),
        ("tagName", Field::TagName),
        ("tagValue", Field::TagValue),
    ];
    let mut known = known.into_iter();
    let found = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, field)| field)
}

fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(' ').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::resource_manager::Details;

    fn resource(name: &str, group: &str) -> Resource {
        Resource {
            name: name.to_owned(),
            kind: "Microsoft.Storage/storageAccounts".to_owned(),
            group: group.to_owned(),
            location: "westeurope".to_owned(),
            details: Details {
                tags: BTreeMap::from([("env".to_owned(), "Test".to_owned())]),
                ..Details::default()
            },
        }
    }

    #[test]
    fn a_tag_is_matched_by_its_name_and_its_value_together() {
        let fits = |text: &str| Filter::parse(text).unwrap().matches(&resource("a", "g"));
        assert!(fits("tagName eq 'ENV'"));
        assert!(fits("tagName eq 'env' and tagValue eq 'Test'"));
        assert!(!fits("tagName eq 'env' and tagValue eq 'test'"));
        assert!(!fits("tagName eq 'team'"));
    }

    #[test]
    fn all_conditions_must_hold_whatever_their_case() {
        let text = "resourceType EQ 'microsoft.storage/storageaccounts' and resourceGroup eq 'G'";
        let filter = Filter::parse(text).unwrap();
        assert!(filter.matches(&resource("a", "g")));
        assert!(!filter.matches(&resource("a", "h")));
        assert!(Filter::parse("").unwrap().matches(&resource("a", "g")));
    }

    #[test]
    fn a_quote_in_a_value_is_doubled() {
        let filter = Filter::parse("name eq 'it''s'").unwrap();
        assert!(filter.matches(&resource("it's", "g")));
    }

    #[test]
    fn what_is_of_another_form_is_not_guessed_at() {
        for text in [
            "name",
            "name eq",
            "name eq 'a",
            "name ne 'a'",
            "colour eq 'a'",
            "name eq 'a' or name eq 'b'",
            "name eq 'a' and",
            "startswith(name, 'a')",
        ] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
    }
}
