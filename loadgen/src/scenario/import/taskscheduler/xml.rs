//! Elements of XML as trees, one task at a time. Entities that a document defines are refused, so that none grows.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::told::told;

/// How deep elements are within each other at most (assumed: those of tasks are seven deep).
const DEEPEST: usize = 100;

/// How many elements a task has at most (assumed: those of Windows itself have below a hundred).
const MOST: usize = 100_000;

/// The element around several tasks, as `schtasks /query /xml ONE` writes it.
const TASKS: &str = "Tasks";

/// An element without its attributes.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Without a prefix.
    pub(super) name: String,
    /// Where its tag begins, from one on.
    pub(super) line: usize,
    pub(super) column: usize,
    /// The text directly within it, without blanks around it.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// What is no XML, and where.
pub(super) struct NoXml {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) expected: String,
}

impl Element {
    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// Each element that stands alone or within `Tasks`, with the comment before it. Documents may follow each other, as
/// `schtasks /query /xml` writes them.
///
/// # Errors
/// The first that is no XML: nothing behind it is read.
pub(super) fn each(
    text: &str,
    mut element: impl FnMut(Element, Option<String>),
) -> Result<(), NoXml> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut trees = Trees::new(text);
    loop {
        trees.cursor.move_to(offset(reader.buffer_position()));
        match reader.read_event() {
            Ok(Event::Eof) => return trees.end(),
            Ok(event) => {
                if let Some((found, comment)) = trees.take(&event)? {
                    element(found, comment);
                }
            }
            Err(error) => {
                // It may be before where the reader is.
                let mut cursor = Cursor::new(text);
                cursor.move_to(offset(reader.error_position()));
                return Err(cursor.no_xml(format!("expected XML: {}", told(&error.to_string()))));
            }
        }
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

/// A place in the text that moves on.
struct Cursor<'t> {
    rest: &'t str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text,
            at: 0,
            line: 1,
            column: 1,
        }
    }

    fn move_to(&mut self, at: usize) {
        let mut characters = self.rest.char_indices();
        let mut passed = self.rest.len();
        for (place, character) in characters.by_ref() {
            if self.at + place >= at {
                passed = place;
                break;
            }
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.rest = &self.rest[passed..];
        self.at += passed;
    }

    fn no_xml(&self, expected: impl Into<String>) -> NoXml {
        NoXml {
            line: self.line,
            column: self.column,
            expected: expected.into(),
        }
    }
}

/// The tree that is read, and where.
struct Trees<'t> {
    cursor: Cursor<'t>,
    within_tasks: bool,
    open: Vec<Element>,
    /// How many elements the tree has so far.
    elements: usize,
    comment: Option<String>,
}

impl<'t> Trees<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            cursor: Cursor::new(text),
            within_tasks: false,
            open: vec![],
            elements: 0,
            comment: None,
        }
    }

    /// A tree that is complete, with the comment before it.
    fn take(&mut self, event: &Event) -> Result<Option<(Element, Option<String>)>, NoXml> {
        match event {
            Event::Start(tag) => self.begin(&String::from_utf8_lossy(tag.local_name().as_ref()))?,
            Event::End(_) => return Ok(self.close()),
            Event::Text(text) => self.text(&text.decode().unwrap_or_default())?,
            Event::CData(text) => self.text(&text.decode().unwrap_or_default())?,
            Event::GeneralRef(reference) => {
                let text = self.resolved(reference)?;
                self.text(&text)?;
            }
            Event::Comment(text) if self.open.is_empty() => {
                let text = text.decode().unwrap_or_default();
                self.comment = Some(text.trim().to_owned());
            }
            Event::DocType(_) => {
                return Err(self.cursor.no_xml("expected XML without a DOCTYPE"));
            }
            _ => {}
        }
        Ok(None)
    }

    fn begin(&mut self, name: &str) -> Result<(), NoXml> {
        if self.open.is_empty() {
            self.elements = 0;
            if name == TASKS && !self.within_tasks {
                self.within_tasks = true;
                return Ok(());
            }
        }
        self.elements += 1;
        if self.open.len() >= DEEPEST || self.elements > MOST {
            let expected = format!("expected {MOST} elements at most in a task, {DEEPEST} deep");
            return Err(self.cursor.no_xml(expected));
        }
        self.open.push(Element {
            name: name.to_owned(),
            line: self.cursor.line,
            column: self.cursor.column,
            ..Element::default()
        });
        Ok(())
    }

    fn close(&mut self) -> Option<(Element, Option<String>)> {
        let Some(mut closed) = self.open.pop() else {
            self.within_tasks = false;
            return None;
        };
        closed.text.truncate(closed.text.trim_end().len());
        let blanks = closed.text.len() - closed.text.trim_start().len();
        closed.text.drain(..blanks);
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(closed);
                None
            }
            None => Some((closed, self.comment.take())),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), NoXml> {
        match self.open.last_mut() {
            Some(open) => open.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                return Err(self
                    .cursor
                    .no_xml("expected XML, found text outside of a task"));
            }
        }
        Ok(())
    }

    fn resolved(&self, reference: &BytesRef) -> Result<String, NoXml> {
        let unknown = || {
            let name = told(&String::from_utf8_lossy(reference));
            self.cursor.no_xml(format!(
                "expected &amp;, &lt; or another character of XML, found &{name};"
            ))
        };
        if let Some(character) = reference.resolve_char_ref().map_err(|_| unknown())? {
            return Ok(character.to_string());
        }
        let name = reference.decode().map_err(|_| unknown())?;
        let text = resolve_predefined_entity(&name).ok_or_else(unknown)?;
        Ok(text.to_owned())
    }

    fn end(&self) -> Result<(), NoXml> {
        let open = self.open.last().map(|open| told(&open.name));
        let open = open.or(self.within_tasks.then(|| TASKS.to_owned()));
        match open {
            Some(name) => Err(self.cursor.no_xml(format!(
                "expected the end of <{name}>, found that of the file"
            ))),
            None => Ok(()),
        }
    }
}
