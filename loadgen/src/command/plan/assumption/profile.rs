//! What a user knows of the assumptions: `--vary NAME=VALUES`, or a profile of many.

use std::collections::BTreeMap;
use std::str::FromStr;

use imds_emulator::document::{self, Problems, Section};

use super::alternative::Alternative;
use super::kind::Assumption;
use crate::result::plan::Evidence;
use crate::scenario::definition::Scenario;

/// The values that an assumption may have, at least one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Known {
    values: Vec<Alternative>,
    /// How that is known, and from where; none: the user only chose what is played.
    stated: Option<(Evidence, String)>,
}

/// `--vary NAME` or `--vary NAME=VALUE,…`
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Narrowed {
    pub(in crate::command) assumption: Assumption,
    values: Vec<Alternative>,
    text: String,
}

impl Narrowed {
    /// As it was written.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for Narrowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, values) = text
            .split_once('=')
            .map_or((text, None), |(name, values)| (name, Some(values)));
        let assumption =
            Assumption::named(name.trim()).map_err(|expected| format!("expected {expected}"))?;
        let values = values.map_or(assumption.usual().to_vec(), |values| {
            values.split(',').map(str::trim).collect()
        });
        let values = values
            .iter()
            .map(|value| Alternative::new(assumption, value));
        let values = values
            .collect::<Result<_, _>>()
            .map_err(|expected| format!("expected {expected}"))?;
        Ok(Self {
            assumption,
            values,
            text: text.to_owned(),
        })
    }
}

impl From<&Narrowed> for Known {
    fn from(narrowed: &Narrowed) -> Self {
        Self {
            values: narrowed.values.clone(),
            stated: None,
        }
    }
}

impl Known {
    /// Reads a profile: `[assumptions.NAME]` with `values`, `evidence` and `source`.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(in crate::command) fn profile(
        name: &str,
        text: &str,
    ) -> Result<BTreeMap<Assumption, Self>, Problems> {
        document::read(name, text, |root| {
            let Some(mut section) = root.section("assumptions") else {
                root.refuse(
                    "assumptions",
                    "expected a table with a table for each assumption that is known",
                );
                return None;
            };
            let tables = section.keys();
            let all = tables.iter().map(|name| read(&mut section, name));
            let all: Vec<_> = all.collect();
            all.into_iter().collect()
        })
    }

    /// Where the values are known, the scenario has one of them: its own if that is one, else the first.
    pub(super) fn settle(&self, scenario: &mut Scenario) {
        let is_one = self.values.iter().any(|value| value.is_in(scenario));
        if self.stated.is_some() && !is_one {
            self.values[0].apply(scenario);
        }
    }

    pub(super) fn alternatives(&self) -> &[Alternative] {
        &self.values
    }

    pub(super) fn stated(&self) -> Option<(Evidence, String)> {
        self.stated.clone()
    }
}

fn read(section: &mut Section, name: &str) -> Option<(Assumption, Known)> {
    let mut table = section.section(name)?;
    let values: Option<Vec<String>> = table.required("values");
    let evidence = table.required("evidence");
    let source = table.required("source");
    let assumption = match Assumption::named(name) {
        Ok(assumption) => assumption,
        Err(expected) => {
            section.refuse(name, format_args!("expected {expected}"));
            return None;
        }
    };
    let values = values?
        .iter()
        .map(|value| Alternative::new(assumption, value))
        .collect::<Result<Vec<_>, _>>();
    let values = match values {
        Ok(values) if values.is_empty() => Err("at least one value".to_owned()),
        other => other,
    };
    match values {
        Ok(values) => {
            let stated = Some((evidence?, source?));
            Some((assumption, Known { values, stated }))
        }
        Err(expected) => {
            table.refuse("values", format_args!("expected {expected}"));
            None
        }
    }
}
