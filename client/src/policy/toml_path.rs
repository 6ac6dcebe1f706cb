//! Paths in a tree of TOML whose values have positions in the text.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// The path from the root of a tree to one of its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TomlPath(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
}

impl TomlPath {
    /// The path of the innermost value whose text, or whose key's text, contains this range.
    pub(super) fn of(tree: &Spanned<DeValue>, there: &Range<usize>) -> Option<Self> {
        let mut segments = Vec::new();
        find(tree, there, &mut segments).then_some(Self(segments))
    }

    /// The path of a rule of a policy, or of one of its keys.
    pub(super) fn of_rule(layer: usize, rule: usize, key: Option<&str>) -> Self {
        let mut segments = vec![Segment::Key("layers".to_owned()), Segment::Index(layer)];
        segments.extend([Segment::Key("rules".to_owned()), Segment::Index(rule)]);
        segments.extend(key.map(|key| Segment::Key(key.to_owned())));
        Self(segments)
    }

    /// The position in the text of the value with this path.
    pub(super) fn span(&self, tree: &Spanned<DeValue>) -> Option<Range<usize>> {
        let mut node = tree;
        for segment in &self.0 {
            node = match (segment, node.get_ref()) {
                (Segment::Key(key), DeValue::Table(table)) => table.get(key.as_str())?,
                (Segment::Index(index), DeValue::Array(array)) => array.get(*index)?,
                _ => return None,
            };
        }
        Some(node.span())
    }

    /// Removes the value with this path; false for the root, which cannot be removed.
    pub(super) fn cut(&self, tree: &mut Spanned<DeValue>) -> bool {
        let Some((last, way)) = self.0.split_last() else {
            return false;
        };
        let mut node = tree;
        for segment in way {
            let next = match (segment, node.get_mut()) {
                (Segment::Key(key), DeValue::Table(table)) => table.get_mut(key.as_str()),
                (Segment::Index(index), DeValue::Array(array)) => array.get_mut(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        match (last, node.get_mut()) {
            (Segment::Key(key), DeValue::Table(table)) => table.remove(key.as_str()).is_some(),
            (Segment::Index(index), DeValue::Array(array)) if *index < array.len() => {
                let kept = std::mem::replace(array, DeArray::new())
                    .into_iter()
                    .enumerate();
                let kept = kept.filter(|(kept, _)| kept != index);
                *array = kept.map(|(_, value)| value).collect();
                true
            }
            _ => false,
        }
    }
}

impl fmt::Display for TomlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if index == 0 => f.write_str(key)?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Children first: the span of a table that has a header is only that header.
fn find(node: &Spanned<DeValue>, there: &Range<usize>, segments: &mut Vec<Segment>) -> bool {
    let found = match node.get_ref() {
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            segments.push(Segment::Key(key.get_ref().to_string()));
            let found = find(value, there, segments) || contains(&key.span(), there);
            if !found {
                segments.pop();
            }
            found
        }),
        DeValue::Array(array) => array.iter().enumerate().any(|(index, value)| {
            segments.push(Segment::Index(index));
            let found = find(value, there, segments);
            if !found {
                segments.pop();
            }
            found
        }),
        _ => false,
    };
    found || contains(&node.span(), there)
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
