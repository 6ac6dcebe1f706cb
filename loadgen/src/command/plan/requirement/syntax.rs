//! How a requirement is written.

use std::str::FromStr;

use imds_emulator::document::FriendlyDuration;

use super::{Figure, Requirement, ShareInTime, Summed, Timed, What, Within};
use crate::scenario::expectation::Expectation;

/// What may be written, for those who wrote something else.
const EXPECTED: &str = "a requirement such as 'within(60s) >= 0.999' or 'p99.9 <= 60s' (of all sessions of all runs; \
     'tokens.within(60s)' of all tokens; 'within(60s) of GROUP >= 0.99' of one group), 'run.p99 <= 10s', 'run.mean <= 5s' \
     or a path of the result such as 'sessions.success_ratio >= 0.99' (of a run, in a share of the runs)";

impl FromStr for Requirement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let at = text.find(['<', '>', '=', '!']);
        let (figure, comparison) = text.split_at(at.unwrap_or(text.len()));
        let figure = figure.trim().trim_matches('"');
        match Written::read(figure)? {
            Some(written) => written.compared(text, figure, comparison),
            None => of_path(figure, comparison),
        }
    }
}

impl From<Expectation> for Requirement {
    fn from(expected: Expectation) -> Self {
        let figure = Figure::Path(expected.path().to_owned());
        Self::OfRun { figure, expected }
    }
}

fn of_path(path: &str, comparison: &str) -> Result<Requirement, String> {
    if path.is_empty() {
        return Err(format!("expected {EXPECTED}"));
    }
    let expected = Expectation::parse(path, comparison);
    expected
        .map(Requirement::from)
        .map_err(|expected| format!("expected a path and {expected}"))
}

/// A figure that is made of times, as it is written.
struct Written {
    of_run: bool,
    timed: Timed,
    summed: Summed,
}

impl Written {
    /// None: it is a path of the result.
    fn read(figure: &str) -> Result<Option<Self>, String> {
        let (rest, group) = match figure.split_once(" of ") {
            Some((rest, group)) => (rest.trim(), Some(group.trim().to_owned())),
            None => (figure, None),
        };
        let (of_run, rest) = stripped(rest, "run.");
        let (of_tokens, rest) = stripped(rest, "tokens.");
        let (_, rest) = stripped(rest, "sessions.");
        let what = if of_tokens {
            What::Tokens
        } else {
            What::Sessions
        };
        let timed = Timed { what, group };
        let Some(summed) = Summed::read(rest)? else {
            let unknown = || format!("expected {EXPECTED}, not \"{figure}\"");
            return if of_run || of_tokens {
                Err(unknown())
            } else {
                Ok(None)
            };
        };
        Ok(Some(Self {
            of_run,
            timed,
            summed,
        }))
    }

    fn compared(self, text: &str, figure: &str, comparison: &str) -> Result<Requirement, String> {
        if !self.of_run {
            return self.share(text, comparison).map(Requirement::Share);
        }
        let comparison = in_numbers(comparison, self.summed);
        let expected = Expectation::parse(figure, &comparison);
        let expected =
            expected.map_err(|expected| format!("expected a figure of a run and {expected}"))?;
        let figure = Figure::Summed {
            timed: self.timed,
            summed: self.summed,
        };
        Ok(Requirement::OfRun { figure, expected })
    }

    /// Of all runs together there is a share in time and nothing else: a percentile says one the other way round.
    fn share(self, text: &str, comparison: &str) -> Result<ShareInTime, String> {
        let (symbol, bound) = comparison
            .split_at(comparison.len() - comparison.trim_start_matches(['<', '>', '=', '!']).len());
        let bound = bound.trim();
        let (within, share) = match (self.summed, symbol) {
            (Summed::Within(within), ">=" | ">") => (within, portion(bound)),
            (Summed::Percentile(percentile), "<=" | "<") => {
                let length = length(bound).ok_or_else(|| {
                    format!("expected a length of time such as 60s in \"{text}\"")
                })?;
                let inclusive = symbol == "<=";
                (Within { length, inclusive }, Some(percentile / 100.0))
            }
            (Summed::Mean, _) => {
                return Err(format!(
                    "expected run.mean in \"{text}\": the mean of a run, in a share of the runs"
                ));
            }
            (Summed::Within(_), _) => {
                return Err(format!("expected >= and the least share in \"{text}\""));
            }
            (Summed::Percentile(_), _) => {
                return Err(format!("expected <= and the longest time in \"{text}\""));
            }
        };
        let share = share.filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(|| {
            format!("expected a share above 0 and below 1 in \"{text}\": no number of runs shows that none will ever fail")
        })?;
        Ok(ShareInTime {
            timed: self.timed,
            within,
            share,
            text: text.to_owned(),
        })
    }
}

impl Summed {
    /// None: it is something else.
    fn read(text: &str) -> Result<Option<Self>, String> {
        if text == "mean" {
            return Ok(Some(Self::Mean));
        }
        if let Some(inner) = text.strip_prefix("within(") {
            let length = inner.strip_suffix(')').and_then(length);
            let length = length.ok_or_else(|| {
                format!("expected a length of time such as within(60s), not {text}")
            })?;
            return Ok(Some(Self::Within(Within {
                length,
                inclusive: true,
            })));
        }
        let percentile = text
            .strip_prefix('p')
            .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let Some(percentile) = percentile else {
            return Ok(None);
        };
        let number = percentile
            .parse()
            .ok()
            .filter(|percentile| *percentile > 0.0 && *percentile <= 100.0);
        number
            .map(Self::Percentile)
            .map(Some)
            .ok_or_else(|| format!("expected a percentile up to p100, such as p99.9, not {text}"))
    }
}

/// A length of time in milliseconds, and a share as a number.
fn in_numbers(comparison: &str, summed: Summed) -> String {
    let bound = comparison.trim_start_matches(['<', '>', '=', '!']);
    let symbol = &comparison[..comparison.len() - bound.len()];
    let number = match summed {
        Summed::Within(_) => portion(bound.trim()),
        Summed::Percentile(_) | Summed::Mean => {
            length(bound.trim()).map(crate::record::distribution::ms)
        }
    };
    number.map_or_else(
        || comparison.to_owned(),
        |number| format!("{symbol} {number}"),
    )
}

/// A length of time, or milliseconds where no unit is written, as in results.
fn length(text: &str) -> Option<std::time::Duration> {
    let milliseconds = || FriendlyDuration::parse(&format!("{text}ms"));
    let length = FriendlyDuration::parse(text).or_else(milliseconds)?;
    Some(length.0)
}

/// `0.999` or `99.9%`.
fn portion(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent
            .trim()
            .parse::<f64>()
            .ok()
            .map(|percent| percent / 100.0),
        None => text.parse().ok(),
    }
}

fn stripped<'t>(text: &'t str, prefix: &str) -> (bool, &'t str) {
    let rest = text.strip_prefix(prefix);
    (rest.is_some(), rest.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(text: &str) -> Requirement {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_percentile_of_all_runs_is_a_share_in_time() {
        let (Requirement::Share(percentile), Requirement::Share(within)) =
            (read("p99.9 <= 60s"), read("sessions.within(60s) >= 99.9%"))
        else {
            panic!("shares");
        };
        assert_eq!(
            (&percentile.timed, percentile.within),
            (&within.timed, within.within)
        );
        assert!((percentile.share - 0.999).abs() < 1e-12 && (within.share - 0.999).abs() < 1e-12);
    }

    #[test]
    fn the_parts_of_a_requirement_are_found() {
        let Requirement::Share(share) = read("tokens.within(1m 30s) of old jobs > 0.5") else {
            panic!("a share");
        };
        assert_eq!(
            share.timed,
            Timed {
                what: What::Tokens,
                group: Some("old jobs".to_owned())
            }
        );
        assert_eq!(share.within.length, Duration::from_secs(90));
    }

    #[test]
    fn figures_of_a_run_are_in_milliseconds_and_shares() {
        assert_eq!(read("run.p50 < 2s").described(), "run.p50 < 2000");
        assert_eq!(read("run.mean <= 250").described(), "run.mean <= 250");
        assert_eq!(
            read("run.within(60s) >= 95%").described(),
            "run.within(60s) >= 0.95"
        );
        assert_eq!(
            read("time_to_token_ms.p99 < 10000").described(),
            "time_to_token_ms.p99 < 10000"
        );
    }

    #[test]
    fn what_cannot_be_required_is_refused_with_what_can() {
        for (text, expected) in [
            ("", "such as 'within(60s) >= 0.999'"),
            ("within(60) days >= 0.9", "within(60s)"),
            ("within(60s) >= 1", "below 1"),
            ("within(60s) <= 0.9", ">= and the least share"),
            ("p101 <= 60s", "up to p100"),
            ("p99 >= 60s", "<= and the longest time"),
            ("mean <= 5s", "run.mean"),
            ("run.slowest <= 5s", "run.p99 <= 10s"),
            ("sessions.success_ratio", "a comparison"),
        ] {
            let error = text.parse::<Requirement>().expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
