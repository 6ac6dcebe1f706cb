//! Settings of the VM from the command line, laid over the scenario's `[imds]`.

use std::str::FromStr;

use toml::{Table, Value};

/// `--set KEY=VALUE`: a key below `[imds]` and its value, such as `limits.identity.rate=5`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    path: Vec<String>,
    value: Value,
    text: String,
}

impl Setting {
    /// As it was written.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Lays the settings over the text of a scenario, which is valid TOML.
    ///
    /// # Errors
    /// The mistake of the text.
    pub(crate) fn lay_over(settings: &[Self], text: &str) -> Result<String, toml::de::Error> {
        let mut scenario: Table = text.parse()?;
        for setting in settings {
            let mut table = table_in(&mut scenario, "imds");
            let (last, tables) = setting
                .path
                .split_last()
                .expect("a key has a part at least");
            for name in tables {
                table = table_in(table, name);
            }
            let number = last == "rate" && setting.value.is_integer();
            let (table, key) = if number {
                (table_in(table, last), "requests")
            } else {
                (table, last.as_str())
            };
            table.insert(key.to_owned(), setting.value.clone());
        }
        Ok(scenario.to_string())
    }
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "expected KEY=VALUE with a key of [imds], such as limits.identity.rate=5, not \"{text}\""
            )
        };
        let (key, value) = text.split_once('=').ok_or_else(expected)?;
        let path: Vec<String> = key.trim().split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return Err(expected());
        }
        Ok(Self {
            path,
            value: read(value.trim()),
            text: text.to_owned(),
        })
    }
}

/// A TOML value; what is none is a string, so that `latency.other=5ms` needs no quotes in a shell.
fn read(value: &str) -> Value {
    let table = format!("value = {value}").parse::<Table>();
    let value_of = |mut table: Table| table.remove("value").filter(|_| table.is_empty());
    table
        .ok()
        .and_then(value_of)
        .unwrap_or_else(|| Value::String(value.to_owned()))
}

/// The table of this name, which is made in place of anything else.
fn table_in<'t>(table: &'t mut Table, name: &str) -> &'t mut Table {
    let entry = table
        .entry(name)
        .or_insert_with(|| Value::Table(Table::new()));
    if !entry.is_table() {
        *entry = Value::Table(Table::new());
    }
    entry.as_table_mut().expect("it was just made one")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_over(settings: &[&str], text: &str) -> Table {
        let settings: Vec<Setting> = settings
            .iter()
            .map(|text| text.parse().expect("a setting"))
            .collect();
        let text = Setting::lay_over(&settings, text).expect("TOML");
        text.parse().expect("TOML")
    }

    #[test]
    fn settings_replace_what_the_scenario_says_and_leave_the_rest() {
        let text = "name = 'a'\n[imds]\nprofile = 'azure'\nlatency = { other = '1ms' }\n";
        let found = laid_over(
            &[
                "limits.identity.rate=5",
                "limits.queue=false",
                "latency.token_cold=80ms",
                "limits.penalty = \"5s\"",
            ],
            text,
        );
        let expected = "name = 'a'\n[imds]\nprofile = 'azure'\nlatency = { other = '1ms', token_cold = '80ms' }\n\
                        limits = { identity = { rate = { requests = 5 } }, queue = false, penalty = '5s' }\n";
        assert_eq!(found, expected.parse::<Table>().expect("TOML"));
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        for text in ["limits.identity.rate", "=5", "limits..rate=5"] {
            assert!(text.parse::<Setting>().is_err(), "{text}");
        }
    }
}
