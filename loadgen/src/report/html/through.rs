//! What stood between sessions and IMDS; nothing where nothing did.

use maud::{Markup, html};

use crate::report::text::through::facts;
use crate::result::run::RunResult;

pub(super) fn through(result: &RunResult) -> Markup {
    let facts = facts(result);
    html! {
        @if !facts.is_empty() {
            section {
                h2 #through { "Through" }
                ul { @for what in facts { li { (what) } } }
            }
        }
    }
}
