//! The answer of a search as text, Markdown or CSV. Nothing is computed here but roundings.

use std::fmt::Write;

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table, TableStyle};

use super::answer::{Answer, Sought};
use super::trial::Trial;
use crate::report::csv;

/// A report to read.
pub(super) fn text(answer: &Answer) -> String {
    let mut out = heading(answer);
    writeln!(out, "\n{}\n", table(answer, NOTHING)).expect("a string takes it all");
    out.push_str(&sentences(answer).join("\n"));
    out.push('\n');
    out
}

/// The same for a page or a job's summary.
pub(super) fn markdown(answer: &Answer) -> String {
    let mut out = heading(answer);
    out.push_str("\n\n");
    for sentence in sentences(answer) {
        writeln!(out, "- {sentence}").expect("a string takes it all");
    }
    writeln!(out, "\n{}", table(answer, ASCII_MARKDOWN)).expect("a string takes it all");
    out
}

/// One row for each try.
pub(super) fn csv(answer: &Answer) -> String {
    let value = match answer.sought {
        Sought::Sessions => "sessions",
        Sought::SpreadMs => "spread_ms",
    };
    let header = [
        value,
        "holds",
        "met",
        "runs",
        "share",
        "share_low",
        "share_high",
        "makespan_ms",
        "limits_bound_ms",
    ];
    let trials = answer.trials.iter();
    csv::table(&header, trials.map(|trial| fields(trial, answer.runs)))
}

fn fields(trial: &Trial, runs: u32) -> [String; 9] {
    let makespan = trial.makespan_ms.map_or(String::new(), |ms| ms.to_string());
    [
        trial.value.to_string(),
        trial.holds.to_string(),
        trial.met.to_string(),
        runs.to_string(),
        trial.share.to_string(),
        trial.share_low.to_string(),
        trial.share_high.to_string(),
        makespan,
        trial.limits_bound_ms.to_string(),
    ]
}

/// One try in a few words, for progress.
pub(super) fn in_short(sought: Sought, trial: &Trial, runs: u32) -> String {
    format!(
        "{}: as required in {} of {runs} runs",
        amount(sought, trial.value),
        trial.met
    )
}

fn heading(answer: &Answer) -> String {
    let Answer {
        scenario,
        group,
        client,
        runs,
        seed,
        ..
    } = answer;
    format!(
        "{scenario} · simulated · group {group} · client {client} · {runs} runs from seed {seed} for each try"
    )
}

fn table(answer: &Answer, style: TableStyle) -> Table {
    let mut table = Table::new();
    let value = match answer.sought {
        Sought::Sessions => "sessions",
        Sought::SpreadMs => "spread",
    };
    table.load_style(style);
    table.set_header([
        value,
        "as required in",
        "share",
        "95 % interval",
        "makespan",
        "by the limits",
        "",
    ]);
    for trial in &answer.trials {
        table.add_row([
            number(answer.sought, trial.value),
            format!("{} of {}", trial.met, answer.runs),
            percent(trial.share),
            format!(
                "{} to {}",
                percent(trial.share_low),
                percent(trial.share_high)
            ),
            trial.makespan_ms.map_or("never".to_owned(), seconds),
            seconds(trial.limits_bound_ms),
            if trial.holds { "holds" } else { "" }.to_owned(),
        ]);
    }
    for column in table.column_iter_mut().take(6) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn sentences(answer: &Answer) -> Vec<String> {
    let required = answer.required.join(", ");
    let mut out = vec![
        format!(
            "required     {required}, in {} of the runs or more",
            percent(answer.confidence)
        ),
        format!("answer       {}", found(answer)),
    ];
    if let Some(trial) = answer.trial() {
        out.push(format!(
            "confidence   in {} of {} runs; with 95 % confidence in {} to {} of all",
            trial.met,
            answer.runs,
            percent(trial.share_low),
            percent(trial.share_high)
        ));
        out.push(format!(
            "makespan     {} (median); by the limits alone {}",
            trial.makespan_ms.map_or("never".to_owned(), seconds),
            seconds(trial.limits_bound_ms)
        ));
    }
    let against: Vec<String> = answer
        .against()
        .map(|trial| number(answer.sought, trial.value))
        .collect();
    out.push(if against.is_empty() {
        "checked      no other try speaks against it".to_owned()
    } else {
        format!(
            "NOT MONOTONE {} came out the other way: more is not always worse or better here",
            against.join(", ")
        )
    });
    out
}

fn found(answer: &Answer) -> String {
    let at_end = |value: f64| (value - answer.max).abs() < f64::EPSILON;
    match (answer.sought, answer.answer) {
        (Sought::Sessions, None) => "not even 1 session".to_owned(),
        (Sought::Sessions, Some(n)) if at_end(n) => {
            format!(
                "at least {}, the most that were tried (--max)",
                amount(answer.sought, n)
            )
        }
        (Sought::Sessions, Some(n)) => format!("{} at most", amount(answer.sought, n)),
        (Sought::SpreadMs, None) => format!("none up to {} (--max)", exactly(answer.max)),
        (Sought::SpreadMs, Some(spread)) => format!("{} at least", amount(answer.sought, spread)),
    }
}

fn amount(sought: Sought, value: f64) -> String {
    match sought {
        Sought::Sessions if value < 2.0 => "1 session".to_owned(),
        Sought::Sessions => format!("{value} sessions"),
        Sought::SpreadMs => format!("a spread of {}", exactly(value)),
    }
}

fn number(sought: Sought, value: f64) -> String {
    match sought {
        Sought::Sessions => value.to_string(),
        Sought::SpreadMs => exactly(value),
    }
}

/// What was tried, as fine as its steps are.
fn exactly(ms: f64) -> String {
    let hundredths = (ms / 10.0).fract() == 0.0;
    if hundredths {
        seconds(ms)
    } else {
        format!("{} s", ms / 1000.0)
    }
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

fn seconds(ms: f64) -> String {
    format!("{:.2} s", ms / 1000.0)
}
