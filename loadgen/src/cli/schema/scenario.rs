//! The schema of scenarios, for editors: kept by hand, as the reader asks for its keys by hand, and held
//! to the reader by tests.

use serde_json::Value;

use imds_emulator::Config;

/// The scenario's own part. Its `[imds]` is the emulator's configuration.
const OWN: &str = include_str!("scenario.json");

/// Where the emulator's schema stands in the scenario's.
const IMDS: &str = "#/$defs/imds";

/// The schema of scenarios (2020-12). What it lets pass may still be refused, since it knows nothing of
/// what belongs together.
///
/// # Panics
/// Never: both parts are JSON, as tests see.
#[must_use]
pub(super) fn scenario() -> Value {
    let mut schema: Value = serde_json::from_str(OWN).expect("JSON");
    let mut imds: Value = serde_json::from_str(Config::SCHEMA).expect("JSON");
    move_references(&mut imds);
    if let Some(imds) = imds.as_object_mut() {
        imds.remove("$schema");
    }
    schema["$defs"]["imds"] = imds;
    schema
}

/// References are to the document's root, which is elsewhere now.
fn move_references(node: &mut Value) {
    match node {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| match value {
            Value::String(path) if key == "$ref" => *path = path.replacen('#', IMDS, 1),
            _ => move_references(value),
        }),
        Value::Array(items) => items.iter_mut().for_each(move_references),
        _ => {}
    }
}
