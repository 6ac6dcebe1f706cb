//! Each kind of failure with an example.

use std::fmt::{self, Write};

use crate::report::length::length;
use crate::result::messages::Message;
use crate::result::run::{FailureExample, FailureResult};

pub(super) fn write(out: &mut String, failures: &[FailureResult]) -> fmt::Result {
    for FailureResult {
        step,
        kind,
        count,
        example,
    } in failures
    {
        writeln!(out, "\n{step} failed: {kind}, {count} in all")?;
        if let Some(example) = example {
            write_example(out, example)?;
        }
    }
    Ok(())
}

fn write_example(out: &mut String, example: &FailureExample) -> fmt::Result {
    writeln!(out, "    example    {}", heading(example))?;
    writeln!(out, "    because    {}", example.because)?;
    writeln!(out, "    seen       {}", seen(&example.message))
}

/// Which session it was, and when.
pub(in crate::report) fn heading(example: &FailureExample) -> String {
    let FailureExample {
        session,
        group,
        step,
        tries,
        source,
        ..
    } = example;
    let of_source = source.as_ref().map(|source| format!(" in {source}"));
    let of_source = of_source.unwrap_or_default();
    let at = length(Some(example.at_ms));
    let tries = match tries {
        1 => String::new(),
        tries => format!(" after {tries} tries"),
    };
    match step {
        0 => format!("session {session} of {group}{of_source} at {at}"),
        step => format!("session {session} of {group}{of_source} in step {step} at {at}{tries}"),
    }
}

/// What is shown, and what that rests on.
pub(in crate::report) fn seen(message: &Message) -> String {
    let known = message.known.words();
    match &message.text {
        Some(text) => format!("\"{text}\" ({known})"),
        None => known.to_owned(),
    }
}
