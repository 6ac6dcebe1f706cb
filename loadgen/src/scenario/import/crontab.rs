//! Crontabs, as cron(8) reads them: that of Vixie, from which Debian's and cronie descend.

pub(super) mod cron;
mod field;
mod line;
mod sleep;

use self::line::{Line, Of, line};
use super::{Jobs, Place, Source, zone};

/// Reads a crontab; with `users` its sixth column is the user, as in /etc/crontab and /etc/cron.d.
pub(crate) fn read(file: &Source, text: &str, users: bool) -> Jobs {
    let mut read = Jobs::default();
    let mut own = None;
    let mut of = Of {
        users,
        has_random: false,
    };
    for (number, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let place = |column| Place::new(file, number + 1, column);
        match line(text, of, place) {
            Ok(Line::Nothing) => {}
            Ok(Line::Setting { name, value, column }) => match name {
                "CRON_TZ" => match zone(value) {
                    Ok(zone) => own = Some(zone),
                    Err(expected) => read.mistakes.push(place(column).mistake(expected)),
                },
                "TZ" => read.notes.push(format!(
                    "{}: TZ is the zone of what jobs run, not of when they start; CRON_TZ (cronie) or --zone is that",
                    place(1).line()
                )),
                "SHELL" => of.has_random = has_random(value),
                _ => {}
            },
            Ok(Line::Job { mut job, random }) => {
                job.zone.clone_from(&own);
                if random && !of.has_random {
                    read.notes.push(no_random(&job.place));
                }
                read.found.push(*job);
            }
            Err(mistakes) => read.mistakes.extend(mistakes),
        }
    }
    read
}

/// Whether a shell has `RANDOM`: bash, zsh and ksh do; dash has not, which is the `/bin/sh` of Debian and its descendants.
fn has_random(shell: &str) -> bool {
    let name = shell.rsplit('/').next().unwrap_or(shell);
    ["bash", "zsh", "ksh"].contains(&name)
}

fn no_random(place: &Place) -> String {
    format!(
        "{}: RANDOM is taken for zero, as dash has it (/bin/sh of Debian); behind SHELL=/bin/bash it is a random number",
        place.line()
    )
}

#[cfg(test)]
mod tests;
