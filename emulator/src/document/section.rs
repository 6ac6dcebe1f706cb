//! One table of a document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::nearest::nearest;
use super::problem::Log;
use super::time::FriendlyDuration;
use super::wording::in_plain_words;

/// One table being read. It notes what is wrong, and when it is dropped also the keys that were not taken.
///
/// Beneath a table's own keys there may be layers of defaults: a value comes from the uppermost layer that
/// has the key, and tables found beneath each other become one section.
pub struct Section<'t> {
    /// The table's own keys first, then defaults for what it leaves out.
    layers: Vec<DeTable<'t>>,
    path: String,
    place: Range<usize>,
    /// Where each of the own keys' values is, for problems found after the value was taken.
    places: BTreeMap<String, Range<usize>>,
    asked: BTreeSet<String>,
    log: Rc<Log>,
}

/// A value of a document, and where it is.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    path: String,
    span: Range<usize>,
}

impl<'t> Section<'t> {
    pub(super) fn root(table: DeTable<'t>, log: Rc<Log>) -> Section<'t> {
        Section::new(vec![table], String::new(), 0..0, log)
    }

    fn new(
        layers: Vec<DeTable<'t>>,
        path: String,
        place: Range<usize>,
        log: Rc<Log>,
    ) -> Section<'t> {
        let places = layers[0]
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), value.span()))
            .collect();
        Section {
            layers,
            path,
            place,
            places,
            asked: BTreeSet::new(),
            log,
        }
    }

    /// The value of a key that must be there; `None`, and a problem noted, if it is not or is wrong.
    pub fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        if !self.has(key) {
            self.asked.insert(key.to_owned());
            self.refuse(key, "required, but missing");
        }
        self.optional(key)
    }

    /// The value of a key that may be left out; `None`, and a problem noted, if it is wrong.
    pub fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.take(key)?;
        T::deserialize(ValueDeserializer::from(value))
            .map_err(|error| self.note_at(error.span(), key, in_plain_words(error.message())))
            .ok()
    }

    /// What `read` makes of the value of a key that may be left out, for values that have a reader of
    /// their own. For each problem it says its place in the document, its path from here on and what
    /// was expected.
    pub fn read_by<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&Spanned<DeValue<'t>>) -> Result<T, Vec<(Range<usize>, String, String)>>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let problems = match read(&value) {
            Ok(read) => return Some(read),
            Err(problems) => problems,
        };
        for (place, path, message) in problems {
            let path = [self.path_of(key), path]
                .into_iter()
                .filter(|path| !path.is_empty());
            self.log
                .note(place, &path.collect::<Vec<_>>().join("."), message);
        }
        None
    }

    /// Puts the key's value into `slot`, if the key is there and its value right.
    pub fn set<T: DeserializeOwned>(&mut self, key: &str, slot: &mut T) {
        if let Some(value) = self.optional(key) {
            *slot = value;
        }
    }

    /// The table at `key`, if there is one; anything else there is a problem.
    pub fn section(&mut self, key: &str) -> Option<Section<'t>> {
        self.asked.insert(key.to_owned());
        let own = self.states(key);
        let is_table = self.holds_table(key);
        let layers = self.layers.iter_mut();
        let values: Vec<_> = layers.filter_map(|layer| layer.remove(key)).collect();
        // A table lies over every table beneath it, whatever shorter value stands between them.
        let mut tables = Vec::new();
        if is_table {
            tables.extend(values.into_iter().filter_map(table));
        }
        if tables.is_empty() {
            if own {
                self.refuse(key, "expected a table");
            }
            return None;
        }
        if !own {
            tables.insert(0, DeTable::new());
        }
        let path = self.path_of(key);
        Some(Section::new(
            tables,
            path,
            self.place_of(key),
            Rc::clone(&self.log),
        ))
    }

    /// What `read` makes of the table at `key`; `None` if there is none, or `read` has noted why.
    pub fn table<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(&mut Section<'t>) -> Option<T>,
    ) -> Option<T> {
        self.section(key).as_mut().and_then(read)
    }

    /// The tables of the array at `key`, in order; none if the key is not there.
    pub fn sections(&mut self, key: &str) -> Vec<Section<'t>> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.into_inner() else {
            self.refuse(key, "expected an array of tables");
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items
            .filter_map(|(index, item)| self.item(key, index, item))
            .collect()
    }

    /// The tables of the table at `key` with their names; none if the key is not there.
    pub fn named_sections(&mut self, key: &str) -> Vec<(String, Section<'t>)> {
        let Some(mut parent) = self.section(key) else {
            return Vec::new();
        };
        let names = parent.keys().into_iter();
        let section = |name: String| parent.section(&name).map(|section| (name, section));
        names.filter_map(section).collect()
    }

    /// Notes that the value of `key` will not do: `expected` says what would. Also after the value
    /// was taken; of a key that is not there, the table's own place is named.
    pub fn refuse(&self, key: &str, expected: impl fmt::Display) {
        self.note_at(None, key, expected);
    }

    /// The lengths of time at `key` in the tables of the array at `list`, with their places. Nothing is taken: the array
    /// is read by its own reader, which notes whatever is wrong with it.
    #[must_use]
    pub fn lengths(&self, list: &str, key: &str) -> Vec<Placed<Duration>> {
        self.placed(list, key, |text| {
            FriendlyDuration::parse(text).map(|length| length.0)
        })
    }

    /// The texts at `key`, likewise.
    #[must_use]
    pub fn texts(&self, list: &str, key: &str) -> Vec<Placed<String>> {
        self.placed(list, key, |text| Some(text.to_owned()))
    }

    fn placed<T>(&self, list: &str, key: &str, read: fn(&str) -> Option<T>) -> Vec<Placed<T>> {
        let Some(DeValue::Array(items)) = self.peek(list) else {
            return Vec::new();
        };
        let placed = items.iter().enumerate().filter_map(|(index, item)| {
            let found = item.get_ref().get(key)?;
            let value = read(found.get_ref().as_str()?)?;
            let path = self.path_of(&format!("{list}[{index}].{key}"));
            let span = found.span();
            Some(Placed { value, path, span })
        });
        placed.collect()
    }

    /// Notes that a value of this document will not do.
    pub fn refuse_placed<T>(&self, placed: &Placed<T>, expected: impl fmt::Display) {
        self.log.note(placed.span.clone(), &placed.path, expected);
    }

    /// Whether the key is there and was not taken yet.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.peek(key).is_some()
    }

    /// The same of a key that may be left out: it is named where the keys that are known are.
    pub(crate) fn offers(&mut self, key: &str) -> bool {
        self.asked.insert(key.to_owned());
        self.has(key)
    }

    /// Whether nothing is to be had at `key`: it is not there, or an array without items.
    #[must_use]
    pub fn lacks(&self, key: &str) -> bool {
        let is_empty = |value: &DeValue| matches!(value, DeValue::Array(items) if items.is_empty());
        self.peek(key).is_none_or(is_empty)
    }

    /// Whether a table is to be had at `key`, for keys that may also hold something shorter.
    #[must_use]
    pub fn holds_table(&self, key: &str) -> bool {
        self.peek(key).is_some_and(DeValue::is_table)
    }

    /// Whether an array is to be had at `key`.
    pub(crate) fn holds_array(&self, key: &str) -> bool {
        self.peek(key).is_some_and(DeValue::is_array)
    }

    /// The folder that the document's name leads to: files that it names are looked for there.
    pub(crate) fn folder(&self) -> PathBuf {
        let name = Path::new(self.log.document());
        name.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// A copy of the table's own keys that were not taken yet.
    pub(crate) fn own(&self) -> DeTable<'t> {
        self.layers[0].clone()
    }

    /// Leaves the table unread, and says nothing of what is in it: something was said of it as a whole.
    pub(crate) fn leave(mut self) {
        self.layers[0].clear();
    }

    /// Takes a key that must not be there and notes what is wrong with that.
    pub(crate) fn forbid(&mut self, key: &str, expected: impl fmt::Display) {
        drop(self.take(key));
        self.asked.remove(key);
        self.refuse(key, expected);
    }

    /// Puts a layer of defaults directly beneath the table's own keys, above those laid before.
    pub(crate) fn underlay(&mut self, defaults: DeTable<'t>) {
        self.layers.insert(1, defaults);
    }

    /// Whether the document itself has the key, taken or not; defaults do not count.
    pub(crate) fn states(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    fn peek(&self, key: &str) -> Option<&DeValue<'t>> {
        self.layers
            .iter()
            .find_map(|layer| layer.get(key))
            .map(Spanned::get_ref)
    }

    /// The keys that are there and were not taken yet, for tables whose keys are names.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<String> {
        let keys = self.layers.iter().flat_map(|layer| layer.keys());
        keys.map(|key| key.get_ref().to_string()).collect()
    }

    /// Takes the uppermost value out, and those it hides with it.
    fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'t>>> {
        self.asked.insert(key.to_owned());
        let mut found = self.layers.iter_mut().filter_map(|layer| layer.remove(key));
        let uppermost = found.next();
        found.for_each(drop);
        uppermost
    }

    fn item(&self, key: &str, index: usize, item: Spanned<DeValue<'t>>) -> Option<Section<'t>> {
        let path = format!("{key}[{index}]");
        let place = item.span();
        let path = self.path_of(&path);
        if let Some(table) = table(item) {
            Some(Section::new(vec![table], path, place, Rc::clone(&self.log)))
        } else {
            self.log.note(place, &path, "expected a table");
            None
        }
    }

    /// A value's own place counts only if the value stands in the document, not in the defaults.
    fn note_at(&self, place: Option<Range<usize>>, key: &str, message: impl fmt::Display) {
        let own = self.states(key);
        let place = place.filter(|_| own).unwrap_or_else(|| self.place_of(key));
        self.log.note(place, &self.path_of(key), message);
    }

    fn place_of(&self, key: &str) -> Range<usize> {
        self.places.get(key).unwrap_or(&self.place).clone()
    }

    fn path_of(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for (key, _) in &self.layers[0] {
            let name: &str = key.get_ref();
            self.log
                .note(key.span(), &self.path_of(name), self.unknown(name));
        }
    }
}

impl Section<'_> {
    fn unknown(&self, name: &str) -> String {
        let asked = || self.asked.iter().map(String::as_str);
        let expected: Vec<String> = asked().map(|key| format!("`{key}`")).collect();
        let expected = expected.join(", ");
        match (nearest(name, asked()), expected.as_str()) {
            (_, "") => "unknown key: nothing is expected here".to_owned(),
            (None, _) => format!("unknown key, expected one of {expected}"),
            (Some(meant), _) => {
                format!("unknown key, did you mean `{meant}`? Expected one of {expected}")
            }
        }
    }
}

fn table(value: Spanned<DeValue<'_>>) -> Option<DeTable<'_>> {
    match value.into_inner() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}
