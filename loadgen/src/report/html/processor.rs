//! What the processor did; nothing where nothing costs anything.

use maud::{Markup, html};

use crate::report::text::processor::facts;
use crate::result::run::RunResult;

pub(super) fn processor(result: &RunResult) -> Markup {
    html! {
        @if let Some(processor) = &result.processor {
            section {
                h2 #processor { "Processor" }
                dl.how { @for (name, what) in facts(processor) { dt { (name) } dd { (what) } } }
            }
        }
    }
}
