//! `$filter`, as far as Azure CLI and Azure PowerShell use it to list resources.

use super::subscription::Resource;

/// Conditions that must all hold: `resourceType eq 'T' and name eq 'N'`. The fields are `resourceType`,
/// `resourceGroup`, `name` and `location`; words and values compare without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<(Field, String)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Kind,
    Group,
    Name,
    Location,
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
            };
            found.eq_ignore_ascii_case(value)
        };
        self.0.iter().all(holds)
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
    use super::*;

    fn resource(name: &str, group: &str) -> Resource {
        Resource {
            name: name.to_owned(),
            kind: "Microsoft.Storage/storageAccounts".to_owned(),
            group: group.to_owned(),
            location: "westeurope".to_owned(),
        }
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
