//! A sleep at the beginning of a command: how jobs of cron start at a second, or spread.

use std::time::Duration;

/// A command that sleeps first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slept<'t> {
    /// For so long.
    pub(super) sleep: Duration,
    /// And for up to so much longer, at random.
    pub(super) delay: Duration,
    /// The rest.
    pub(super) command: &'t str,
}

/// The longest that a job may sleep before it runs: beyond a day it would be another day's job.
pub(super) const LONGEST: Duration = Duration::from_hours(24);

/// What a shell's `RANDOM` stays below (documented by bash, ksh and zsh).
const RANDOM_BELOW: u64 = 32_768;

/// How long a command sleeps before anything else; a command that sleeps in another way is as it is. `RANDOM` is a number in
/// some shells, and zero in others.
pub(super) fn slept(command: &str, has_random: bool) -> Slept<'_> {
    let none = Slept {
        sleep: Duration::ZERO,
        delay: Duration::ZERO,
        command,
    };
    let Some(rest) = command.strip_prefix("sleep ") else {
        return none;
    };
    let found = shuffled(rest)
        .or_else(|| random(rest, has_random))
        .or_else(|| fixed(rest));
    let found = found.and_then(|(sleep, delay, rest)| Some((sleep, delay, after(rest)?)));
    found.map_or(none, |(sleep, delay, command)| Slept {
        sleep,
        delay,
        command,
    })
}

/// The command behind the sleep's end.
fn after(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(';').or_else(|| rest.strip_prefix("&&"))?;
    Some(rest.trim_start())
}

/// As `plan spread --emit crontab` writes it: whole milliseconds from one number to another.
fn shuffled(rest: &str) -> Option<(Duration, Duration, &str)> {
    let rest = rest.strip_prefix("\"$(shuf -n 1 -i ")?;
    let (range, rest) = rest.split_once(" | awk '{ print $1 / 1000 }')\"")?;
    let (from, to) = range.split_once('-')?;
    let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    let delay = to.checked_sub(from)?;
    Some((
        Duration::from_millis(from),
        Duration::from_millis(delay),
        rest,
    ))
}

/// Whether a command sleeps for a random time as only some shells have it.
pub(super) fn is_of_shell(command: &str) -> bool {
    let rest = command.strip_prefix("sleep ");
    rest.is_some_and(|rest| random(rest, true).is_some())
}

/// `$((RANDOM % 60))`: whole seconds below the number.
fn random(rest: &str, has_random: bool) -> Option<(Duration, Duration, &str)> {
    let rest = rest.strip_prefix("$((")?.trim_start();
    let rest = rest
        .strip_prefix('$')
        .unwrap_or(rest)
        .strip_prefix("RANDOM")?;
    let rest = rest.trim_start().strip_prefix('%')?;
    let (below, rest) = rest.split_once("))")?;
    let below: u64 = below.trim().parse().ok()?;
    let below = if has_random {
        below.min(RANDOM_BELOW)
    } else {
        0
    };
    Some((Duration::ZERO, Duration::from_secs(below), rest))
}

/// `58.500`, `2m`.
fn fixed(rest: &str) -> Option<(Duration, Duration, &str)> {
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let number: f64 = rest[..end].parse().ok()?;
    let rest = &rest[end..];
    let units = [("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
    let unit = units
        .into_iter()
        .find_map(|(unit, s)| Some((rest.strip_prefix(unit)?, s)));
    let (rest, seconds) = unit.unwrap_or((rest, 1.0));
    let sleep = Duration::try_from_secs_f64(number * seconds).ok()?;
    Some((sleep, Duration::ZERO, rest))
}
