//! How the VMs of a fleet fared; nothing of one VM.

use maud::{Markup, html};

use crate::report::text::fleet::facts;
use crate::result::run::RunResult;

pub(super) fn fleet(result: &RunResult) -> Markup {
    html! {
        @if let Some(fleet) = &result.fleet {
            section {
                h2 #fleet { "Fleet" }
                dl.how { @for (name, what) in facts(fleet) { dt { (name) } dd { (what) } } }
            }
        }
    }
}
