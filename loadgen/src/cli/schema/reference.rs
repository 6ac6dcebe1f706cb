//! A schema as a table for readers: every key, its type, and what it means.

use std::fmt::Write;

use serde_json::Value;

/// Rows of a Markdown table, one for each key, in the order of the document.
#[must_use]
pub(super) fn rows(schema: &Value) -> String {
    let mut out = String::new();
    walk(schema, schema, "", &mut out);
    out
}

fn walk(root: &Value, node: &Value, path: &str, out: &mut String) {
    let node = resolved(root, node);
    if let Some(fields) = node["properties"].as_object() {
        for (name, field) in fields {
            key(root, field, &joined(path, name), out);
        }
    }
    if let Some(items) = node.get("items") {
        walk(root, items, &format!("{path}[]"), out);
    }
    if let Some(values) = node.get("additionalProperties").filter(|v| v.is_object()) {
        walk(root, values, &joined(path, "*"), out);
    }
    if let Some(values) = node["patternProperties"].as_object() {
        let values = values.values();
        values.for_each(|values| walk(root, values, &joined(path, "*"), out));
    }
}

fn key(root: &Value, field: &Value, path: &str, out: &mut String) {
    let meaning = field["description"].as_str();
    let meaning = meaning.or_else(|| resolved(root, field)["description"].as_str());
    let meaning = meaning.unwrap_or_default().replace('\n', " ");
    let kind = kind(root, field);
    writeln!(out, "| `{path}` | {kind} | {meaning} |").expect("a string takes it all");
    walk(root, field, path, out);
}

fn kind(root: &Value, field: &Value) -> String {
    let node = resolved(root, field);
    if let Some(choices) = node["oneOf"].as_array() {
        let names = choices.iter().filter_map(|choice| choice["const"].as_str());
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        return names.join(", ");
    }
    match &node["type"] {
        Value::String(kind) if or_null(field).is_some() => format!("{kind} or null"),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => "any".to_owned(),
    }
}

/// What a reference points to, if the node is one, and what a node is that may be null.
fn resolved<'s>(root: &'s Value, node: &'s Value) -> &'s Value {
    let node = or_null(node).unwrap_or(node);
    let target = node["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix('#'));
    target.and_then(|path| root.pointer(path)).unwrap_or(node)
}

/// The other of two kinds of which one is null.
fn or_null(node: &Value) -> Option<&Value> {
    let mut kinds = node["anyOf"].as_array()?.iter();
    kinds.find(|kind| kind["type"] != "null")
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}
