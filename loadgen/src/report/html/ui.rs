//! The page of `ui`: a form, and what becomes of it. Without its script the form is sent by a button.

mod form;

use imds_client::policy::Product;
use maud::{Markup, PreEscaped, html};

use self::form::form;
use super::{STYLE, activity, curve, framed, sessions, summary, tables};
use crate::report::length::length;
use crate::result::in_words::in_words;
use crate::result::remedies::Outcome;
use crate::result::run::RunResult;
use crate::scenario::sketch::Sketch;

/// What follows changes without a new page.
pub(crate) const SCRIPT: &str = include_str!("ui/ui.js");

const MORE_STYLE: &str = include_str!("ui/ui.css");

/// What the page may load: its own script, and answers of its own port.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                                 img-src data:; base-uri 'none'; form-action 'self'";

/// What a sketch came to.
pub(crate) struct Played {
    /// The run of its seed.
    pub result: RunResult,
    /// What many runs came to.
    pub of_many: Outcome,
    /// How many.
    pub runs: u32,
    /// The groups that the remedy is not for, and why.
    pub left_out: Vec<(String, String)>,
}

/// All that the page shows.
pub(crate) struct Page<'p> {
    pub sketch: &'p Sketch,
    /// All clients that there are.
    pub products: &'p [Product],
    /// What the sketch came to, or all that is wrong with it.
    pub played: Result<&'p Played, &'p [String]>,
}

/// The whole page.
pub(crate) fn page(page: &Page) -> String {
    let body = html! {
        a.skip href="#results" { "Skip to the results" }
        header {
            p.kind { "imds-loadgen · simulated" }
            h1 { "What becomes of jobs that ask IMDS for a token" }
        }
        div.try {
            (form(page.sketch, page.products))
            main {
                p #short role="status" { (short(page.played)) }
                div #results { (results(page.sketch, page.played)) }
            }
        }
    };
    framed("Try it", POLICY, &head(), &body)
}

/// What its head has beside that of other pages.
fn head() -> Markup {
    html! {
        // Without an icon of the page's own a browser asks for one.
        link rel="icon" href="data:,";
        style { (PreEscaped(STYLE)) (PreEscaped(MORE_STYLE)) }
        script src="/ui.js" defer {}
    }
}

/// What of the page follows from the form.
pub(crate) fn results(sketch: &Sketch, played: Result<&Played, &[String]>) -> Markup {
    match played {
        Ok(played) => html! {
            (answer(played))
            (links(sketch))
            (summary::cards(&played.result))
            (sessions::sessions(&played.result))
            (activity::seconds(&played.result))
            (curve::curve(&played.result))
            (tables::groups(&played.result))
        },
        Err(wrong) => html! {
            div.warning data-short=(short(played)) {
                strong { "These settings are not played:" }
                ul { @for problem in wrong { li { (problem) } } }
            }
        },
    }
}

/// What happened, what to change, and how often it is so.
fn answer(played: &Played) -> Markup {
    html! {
        section.answer aria-labelledby="answer" data-short=(short(Ok(played))) {
            h2 #answer { "What happens" }
            (summary::sentences(&in_words(&played.result)))
            p.many { (of_many(&played.of_many, played.runs)) }
            @for (group, why) in &played.left_out {
                p.about { "The remedy is not for " (group) ": " (why) "." }
            }
        }
    }
}

/// The answer in a line.
fn short(played: Result<&Played, &[String]>) -> String {
    let result = match played {
        Ok(played) => &played.result,
        Err(wrong) => return format!("not played: {}", wrong.join("; ")),
    };
    let (sessions, refused) = (&result.sessions, result.attempts.refused.total());
    let (succeeded, total, last) = (
        sessions.succeeded,
        sessions.total,
        length(result.makespan_ms),
    );
    format!("{succeeded} of {total} succeed · last token {last} · {refused} refused")
}

/// What many runs came to.
fn of_many(outcome: &Outcome, runs: u32) -> Markup {
    let Outcome {
        share,
        success_ratio,
        succeeded,
        sessions,
        last_token_ms,
        ..
    } = outcome;
    html! {
        strong { "In " (runs) @if runs == 1 { " run: " } @else { " runs: " } }
        "all sessions succeed in " (percent(*share)) " of the runs, and " (percent(*success_ratio)) " of all sessions do. "
        "The median run has " (succeeded) " of " (sessions) " that succeed"
        @if let Some(ms) = last_token_ms { ", and its last token after " (length(Some(*ms))) }
        "."
    }
}

/// A share as a percentage; what is almost none or almost all is not told as if it were.
fn percent(share: f64) -> String {
    let hundredths = (share * 100.0).clamp(0.0, 100.0);
    let told = if share > 0.0 && share < 1.0 {
        hundredths.clamp(0.1, 99.9)
    } else {
        hundredths
    };
    let tenths = (told * 10.0).round() / 10.0;
    format!("{tenths} %")
}

/// What can be taken away.
fn links(sketch: &Sketch) -> Markup {
    let query = sketch.query();
    let of = |path: &str| format!("{path}?{query}");
    html! {
        nav aria-label="Take away" {
            ul {
                li { a href=(of("/")) { "Link to these settings" } }
                li { a href=(of("/scenario.toml")) { "Export as a scenario" } }
                li { a href=(of("/remedies.html")) { "Try every remedy" } }
                li { a href=(of("/report.html")) { "Report" } }
                li { a href=(of("/result.json")) { "Result as JSON" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_none_or_all_only_where_that_is_so() {
        for (share, told) in [
            (0.0, "0 %"),
            (0.0001, "0.1 %"),
            (0.5, "50 %"),
            (0.935, "93.5 %"),
            (0.9999, "99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), told);
        }
    }
}
