//! What happened to the Azure context; nothing where no session had one.

use maud::{Markup, html};

use super::tables::{TIMES, head, percentiles, scrolled};
use crate::report::length::length;
use crate::report::text::context::facts;
use crate::result::run::RunResult;

pub(super) fn context(result: &RunResult) -> Markup {
    let lock = &result.context.lock;
    html! {
        @if let Some(in_force) = &result.context.in_force {
            section {
                h2 #context { "Azure context" }
                dl.how {
                    @for (name, what) in facts(result, in_force) { dt { (name) } dd { (what) } }
                }
                (scrolled("The profile's file", &html! { table {
                    (head(&TIMES, 1..TIMES.len()))
                    tbody {
                        (percentiles("profile's file, waited for", &lock.wait_ms, length))
                        (percentiles("profile's file, held for writing", &lock.held_ms, length))
                    }
                } }))
            }
        }
    }
}
