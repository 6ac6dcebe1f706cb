//! A rate of starts as users write it.

use std::time::Duration;

/// The interval between starts, from a number of starts a second (`19/s`, or `19`) or a minute (`6/m`).
///
/// # Errors
/// What was expected instead.
pub fn interval_of(text: &str) -> Result<Duration, &'static str> {
    let expected = "expected a number of starts, such as 20/s or 6/m: at most 1000/s";
    let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
    let unit = match unit {
        "s" => Duration::from_secs(1),
        "m" => Duration::from_mins(1),
        _ => return Err(expected),
    };
    let number: f64 = number.parse().map_err(|_| expected)?;
    let interval = Duration::try_from_secs_f64(unit.as_secs_f64() / number);
    let interval = interval.map_err(|_| expected)?;
    let sensible = (Duration::from_millis(1)..=Duration::from_hours(24)).contains(&interval);
    sensible.then_some(interval).ok_or(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_distance_of_starts() {
        let ms = Duration::from_millis;
        assert_eq!(interval_of("20/s"), Ok(ms(50)));
        assert_eq!(interval_of("20"), Ok(ms(50)));
        assert_eq!(interval_of("0.5/s"), Ok(ms(2000)));
        assert_eq!(interval_of("6/m"), Ok(ms(10_000)));
        for wrong in [
            "",
            "0/s",
            "-1/s",
            "20/h",
            "NaN",
            "inf",
            "2000/s",
            "0.000001/s",
        ] {
            assert!(interval_of(wrong).is_err(), "{wrong}");
        }
    }
}
