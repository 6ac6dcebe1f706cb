//! Lengths of time of XML (`xs:duration`), such as `P1DT2H`.

use std::time::Duration;

/// The units of days, and those of times behind the `T`, each with its seconds. Years and months are taken for 365 and 30
/// days (assumed).
const DAYS: [(char, u64); 3] = [('Y', 365 * 86_400), ('M', 30 * 86_400), ('D', 86_400)];
const TIMES: [(char, u64); 3] = [('H', 3600), ('M', 60), ('S', 1)];

/// Reads one; a length beyond all bounds (`P99999999DT23H59M59S` is what PowerShell writes for "always") is as long as can be.
pub(super) fn length(text: &str) -> Option<Duration> {
    let text = text.strip_prefix('P')?;
    let (days, times) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((days, times)) => (days, times),
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let days = parts(days, &DAYS)?;
    Some(days.saturating_add(parts(times, &TIMES)?))
}

/// Numbers, each with its unit behind it, in the order of the units.
fn parts(mut text: &str, units: &[(char, u64)]) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    for (unit, seconds) in units {
        let Some((number, rest)) = text.split_once(*unit) else {
            continue;
        };
        sum = sum.saturating_add(part(number, *seconds)?);
        text = rest;
    }
    text.is_empty().then_some(sum)
}

/// So many times these seconds; seconds alone may have a fraction.
fn part(number: &str, seconds: u64) -> Option<Duration> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let dotted = number.contains('.');
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 || (dotted && seconds != 1) {
        return None;
    }
    let whole = whole.parse::<u64>().unwrap_or(u64::MAX);
    let nanoseconds = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(whole.saturating_mul(seconds), nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_xml() {
        for (text, seconds) in [
            ("PT5M", 300.0),
            ("P1DT2H", 93_600.0),
            ("P1M4DT2H5M", 34.0 * 86_400.0 + 7500.0),
            ("P1Y", 31_536_000.0),
            ("PT1.5S", 1.5),
            ("PT0S", 0.0),
        ] {
            let read = length(text).map(|length| length.as_secs_f64());
            assert_eq!(read, Some(seconds), "{text}");
        }
        assert!(length("P99999999DT23H59M59S") > length("P273000Y"));
        assert_eq!(length("P99999999999999999999DT1S"), Some(Duration::MAX));
        for wrong in [
            "", "P", "PT", "P1DT", "5M", "PT5", "P1H", "PT1D", "PTM", "P-1D", "PT1.5M", "PT.5S",
            "PT1M1H", "PT5M ", "pt5m",
        ] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
    }
}
