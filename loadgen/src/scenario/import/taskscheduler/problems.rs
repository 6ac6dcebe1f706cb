//! What is wrong with elements of a task, and the values that most of them have.

use std::str::FromStr;

use super::told::told;
use super::xml::Element;
use crate::scenario::import::place::{Mistake, Place, Source};

/// The mistakes of a file.
pub(super) struct Problems<'f> {
    file: &'f Source,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'f> Problems<'f> {
    pub(super) fn new(file: &'f Source) -> Self {
        let mistakes = vec![];
        Self { file, mistakes }
    }

    pub(super) fn place(&self, element: &Element) -> Place {
        Place::new(self.file, element.line, element.column)
    }

    pub(super) fn wrong(&mut self, element: &Element, expected: impl Into<String>) {
        let place = self.place(element);
        self.mistakes.push(place.mistake(expected));
    }

    /// That its children have these names, each once.
    pub(super) fn known(&mut self, element: &Element, names: &[&str]) {
        for (place, child) in element.children.iter().enumerate() {
            let (name, within) = (&child.name, &element.name);
            if !names.contains(&name.as_str()) {
                let names = names.join(", ");
                self.wrong(
                    child,
                    format!("expected one of {names} in {within}, found {}", told(name)),
                );
            } else if element.children[..place]
                .iter()
                .any(|one| one.name == *name)
            {
                self.wrong(child, format!("expected {name} once in {within}"));
            }
        }
    }

    /// The value of a child; none: there is none, or it is wrong, which is told.
    pub(super) fn value<T>(
        &mut self,
        element: &Element,
        name: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let child = element.child(name)?;
        let value = read(&child.text);
        if value.is_none() {
            let found = told(&child.text);
            self.wrong(
                child,
                format!("expected {expected} in {name}, found \"{found}\""),
            );
        }
        value
    }

    /// A number of a child; without the child it is one.
    pub(super) fn interval(&mut self, element: &Element, name: &str, most: i32) -> Option<i32> {
        if element.child(name).is_none() {
            return Some(1);
        }
        let expected = format!("a whole number from 1 to {most}");
        self.value(element, name, &expected, |text| {
            i32::from_str(text)
                .ok()
                .filter(|number| (1..=most).contains(number))
        })
    }

    /// Whether the element is switched on, as it is without `Enabled`.
    pub(super) fn enabled(&mut self, element: &Element) -> bool {
        let read = |text: &str| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        self.value(element, "Enabled", "true or false", read)
            .unwrap_or(true)
    }
}
