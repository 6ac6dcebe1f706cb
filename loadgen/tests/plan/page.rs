//! The page of a plan.

use crate::{plan, text};

/// The chart of shares is 220 units high, and its foot is at 240: 90 % lie 198 above the foot. Of a share that is almost
/// all, the chart has a step for each tenth of what is left: two of three.
#[test]
fn the_page_has_a_line_at_the_share_that_is_wanted() {
    let asked = [
        "sessions",
        "--client",
        "azure-cli",
        "--max",
        "7",
        "--no-vary",
    ];
    let page = |required: &[&str]| {
        let output = plan(&[&asked[..], required, &["--format", "html"]].concat());
        text(&output.stdout).to_owned()
    };
    let has_line = |page: &str, words: &str, y: &str| {
        let line = format!("<path class=\"limit target\" d=\"M62 {y}H938\">");
        assert!(
            page.contains(words) && page.contains(&line),
            "{words} {y}: {page}"
        );
    };
    let within = page(&["--require", "within(60s) >= 0.9"]);
    has_line(&within, "wanted: 90 %", "42");
    let of_runs = page(&[
        "--require",
        "sessions.success_ratio == 1",
        "--share",
        "0.99",
    ]);
    has_line(&of_runs, "wanted: 99 %", "93.3");
}
