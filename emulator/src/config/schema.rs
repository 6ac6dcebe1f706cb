//! The configuration as a JSON schema, for editors: kept by hand, and held to the reader by tests.

use super::settings::Config;

impl Config {
    /// A JSON schema (2020-12) of the configuration. What it lets pass may still be refused, since it
    /// expresses neither the bounds of lengths of time nor which keys belong together.
    pub const SCHEMA: &str = include_str!("schema.json");
}

#[cfg(test)]
mod tests;
