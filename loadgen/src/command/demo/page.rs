//! The page of the demo: its acts side by side, each with a link to its own page.

use maud::{Markup, html};

use super::text::ROWS;
use super::{Demo, Played};
use crate::report::html::tables::{bad, good, head, scrolled};
use crate::report::html::{self, sessions};
use crate::result::verdict::Verdict;

/// The page, in a folder with those of its acts.
pub(super) fn page(demo: &Demo) -> String {
    html::page("The same jobs, three times", &body(demo))
}

fn body(demo: &Demo) -> Markup {
    let end_ms = demo
        .acts
        .iter()
        .map(|played| sessions::end_ms(&played.result));
    let end_ms = end_ms.fold(0.0, f64::max);
    html! {
        header {
            p.kind { "imds-loadgen · demo" }
            h1 { "The same jobs, three times" }
            p.verdict {
                @if demo.verdict() == Verdict::Passed { (good("as told")) } @else { (bad("NOT AS TOLD")) }
            }
        }
        main {
            section {
                h2 #side-by-side { "Side by side" }
                (scrolled("Side by side", &side_by_side(demo)))
            }
            @for played in &demo.acts { (act(played, end_ms)) }
        }
    }
}

fn side_by_side(demo: &Demo) -> Markup {
    let titles = demo.acts.iter().map(|played| played.act.title);
    let header: Vec<&str> = std::iter::once("").chain(titles).collect();
    html! { table {
        (head(&header, 1..header.len()))
        tbody {
            @for (name, figure) in ROWS {
                tr {
                    th scope="row" { (name) }
                    @for played in &demo.acts { td.number { (figure(&played.result)) } }
                }
            }
        }
    } }
}

/// All charts have one axis of time, so that they can be compared.
fn act(played: &Played, end_ms: f64) -> Markup {
    let about = html! {
        (played.tale) " "
        a href=(format!("{}/report.html", played.act.name)) { "The report of this run" }
        ". Its jobs, from the start:"
    };
    sessions::chart(
        &played.result,
        played.act.name,
        played.act.title,
        &about,
        end_ms,
    )
}
