//! Places in a tree of TOML that knows where in the text its values stand.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

/// The way from the root of a tree to one of its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    /// The innermost value that stands there, or whose key does.
    pub(super) fn of(tree: &Spanned<DeValue>, there: &Range<usize>) -> Option<Self> {
        let mut steps = Vec::new();
        find(tree, there, &mut steps).then_some(Self(steps))
    }

    /// The way to a rule of a policy, or to one of its keys.
    pub(super) fn of_rule(layer: usize, rule: usize, key: Option<&str>) -> Self {
        let mut steps = vec![Step::Key("layers".to_owned()), Step::Index(layer)];
        steps.extend([Step::Key("rules".to_owned()), Step::Index(rule)]);
        steps.extend(key.map(|key| Step::Key(key.to_owned())));
        Self(steps)
    }

    /// Where the value at this place stands in the text.
    pub(super) fn span(&self, tree: &Spanned<DeValue>) -> Option<Range<usize>> {
        let mut node = tree;
        for step in &self.0 {
            node = match (step, node.get_ref()) {
                (Step::Key(key), DeValue::Table(table)) => table.get(key.as_str())?,
                (Step::Index(index), DeValue::Array(array)) => array.get(*index)?,
                _ => return None,
            };
        }
        Some(node.span())
    }

    /// Removes the value at this place; false for the root, which cannot be.
    pub(super) fn cut(&self, tree: &mut Spanned<DeValue>) -> bool {
        let Some((last, way)) = self.0.split_last() else {
            return false;
        };
        let mut node = tree;
        for step in way {
            let next = match (step, node.get_mut()) {
                (Step::Key(key), DeValue::Table(table)) => table.get_mut(key.as_str()),
                (Step::Index(index), DeValue::Array(array)) => array.get_mut(*index),
                _ => None,
            };
            let Some(next) = next else { return false };
            node = next;
        }
        match (last, node.get_mut()) {
            (Step::Key(key), DeValue::Table(table)) => table.remove(key.as_str()).is_some(),
            (Step::Index(index), DeValue::Array(array)) if *index < array.len() => {
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Children first: the span of a table that has a header is only that header.
fn find(node: &Spanned<DeValue>, there: &Range<usize>, steps: &mut Vec<Step>) -> bool {
    let found = match node.get_ref() {
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            steps.push(Step::Key(key.get_ref().to_string()));
            let found = find(value, there, steps) || contains(&key.span(), there);
            if !found {
                steps.pop();
            }
            found
        }),
        DeValue::Array(array) => array.iter().enumerate().any(|(index, value)| {
            steps.push(Step::Index(index));
            let found = find(value, there, steps);
            if !found {
                steps.pop();
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
