//! Crontabs, as cron(8) reads them: that of Vixie, from which Debian's and cronie descend.

pub(super) mod cron;
mod field;
mod line;
mod sleep;

use self::line::{Line, line};
use super::{Jobs, Place, Source, zone};

/// Reads a crontab; with `users` its sixth column is the user, as in /etc/crontab and /etc/cron.d.
pub(crate) fn read(file: &Source, text: &str, users: bool) -> Jobs {
    let mut read = Jobs::default();
    let mut own = None;
    for (number, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let place = |column| Place::new(file, number + 1, column);
        match line(text, users, place) {
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
                _ => {}
            },
            Ok(Line::Job(mut job)) => {
                job.zone.clone_from(&own);
                read.found.push(*job);
            }
            Err(mistakes) => read.mistakes.extend(mistakes),
        }
    }
    read
}

#[cfg(test)]
mod tests;
