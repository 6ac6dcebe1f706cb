//! Which requests an answer is for.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde::Serialize;

/// The parts of a request that a pattern looks at.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The method.
    pub method: &'a str,
    /// The segments of the path, decoded.
    pub segments: &'a [String],
    /// Names and values of the query, decoded.
    pub query: &'a [(String, String)],
}

/// Conditions on a request; those that are given must all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// Its method is this one.
    pub method: Option<String>,
    /// Its path is this one, in any case; `*` stands for one segment, `**` at the end for all that follow,
    /// also none.
    pub path: String,
    /// Its query has these parameters, by their names in any case; `*` stands for every value.
    pub query: BTreeMap<String, String>,
    #[serde(skip)]
    segments: Vec<Segment>,
}

/// A segment of a pattern's path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// That one, in lower case.
    One(String),
    /// Every one.
    Any,
    /// All that follow.
    Rest,
}

/// What stands for every segment, or every value.
const ANY: &str = "*";
const REST: &str = "**";

impl Pattern {
    /// The pattern of a path and a query; of every method if `method` is `None`.
    ///
    /// # Errors
    /// What was expected of the path.
    pub fn new(
        method: Option<String>,
        path: String,
        query: BTreeMap<String, String>,
    ) -> Result<Pattern, &'static str> {
        let rest = path.strip_prefix('/');
        let rest = rest.ok_or("expected a path that begins with /")?;
        if path.contains(['?', '#']) {
            return Err("expected a path alone: what follows `?` is a table, `query`");
        }
        let segments = match rest {
            "" => Vec::new(),
            rest => rest.split('/').map(Segment::of).collect::<Result<_, _>>()?,
        };
        let before_last = segments.len().saturating_sub(1);
        if segments[..before_last].contains(&Segment::Rest) {
            return Err("expected `**` at the end only");
        }
        Ok(Pattern {
            method,
            path,
            query,
            segments,
        })
    }

    /// Whether a request fits.
    #[must_use]
    pub fn fits(&self, sent: &Sent<'_>) -> bool {
        let has = |(name, value): (&String, &String)| {
            let mut pairs = sent.query.iter();
            pairs.any(|(own, found)| {
                own.eq_ignore_ascii_case(name) && (value == ANY || value == found)
            })
        };
        let is_method = |method: &String| method == sent.method;
        self.method.as_ref().is_none_or(is_method)
            && fit(&self.segments, sent.segments)
            && self.query.iter().all(has)
    }

    /// Whether each request that fits the other one fits this one, too.
    #[must_use]
    pub fn covers(&self, other: &Pattern) -> bool {
        let has = |(name, value): (&String, &String)| {
            let mut pairs = other.query.iter();
            pairs.any(|(own, found)| {
                own.eq_ignore_ascii_case(name) && (value == ANY || value == found)
            })
        };
        let is_method = |method: &String| other.method.as_ref() == Some(method);
        self.method.as_ref().is_none_or(is_method)
            && cover(&self.segments, &other.segments)
            && self.query.iter().all(has)
    }
}

impl Segment {
    fn of(text: &str) -> Result<Segment, &'static str> {
        match text {
            ANY => Ok(Segment::Any),
            REST => Ok(Segment::Rest),
            "" => Err("expected no empty segment: neither `//` nor a `/` at the end"),
            text if text.contains('*') => Err("expected `*` or `**` alone between two `/`"),
            text => {
                let decoded = percent_decode_str(text).decode_utf8_lossy();
                Ok(Segment::One(decoded.to_ascii_lowercase()))
            }
        }
    }
}

fn fit(pattern: &[Segment], segments: &[String]) -> bool {
    match (pattern, segments) {
        ([Segment::Rest], _) | ([], []) => true,
        ([first, pattern @ ..], [segment, segments @ ..]) => {
            let is_it = match first {
                Segment::One(name) => name.eq_ignore_ascii_case(segment),
                Segment::Any | Segment::Rest => true,
            };
            is_it && fit(pattern, segments)
        }
        _ => false,
    }
}

fn cover(pattern: &[Segment], other: &[Segment]) -> bool {
    match (pattern, other) {
        ([Segment::Rest], _) | ([], []) => true,
        ([_, ..], [Segment::Rest, ..]) => false,
        ([first, pattern @ ..], [second, other @ ..]) => {
            (first == second || *first == Segment::Any) && cover(pattern, other)
        }
        _ => false,
    }
}
