//! How many cases a property is tried with.
//!
//! `ProptestConfig::with_cases` would have the last word over the variable that says so for a run.

use std::env;
use std::ffi::OsStr;

use proptest::prelude::ProptestConfig;

const VARIABLE: &str = "PROPTEST_CASES";

/// So many, unless `PROPTEST_CASES` says otherwise.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    ProptestConfig {
        cases: number(env::var_os(VARIABLE).as_deref(), usual),
        ..ProptestConfig::default()
    }
}

/// What is no number counts as not set, as proptest has it, which warns of it.
fn number(told: Option<&OsStr>, usual: u32) -> u32 {
    let told = told.and_then(OsStr::to_str).map(str::parse);
    told.and_then(Result::ok).unwrap_or(usual)
}

#[test]
fn the_variable_has_the_last_word_on_how_many_cases_there_are() {
    assert_eq!(number(Some(OsStr::new("7")), 60), 7);
    assert_eq!(number(Some(OsStr::new("few")), 60), 60);
    assert_eq!(number(None, 60), 60);
}
