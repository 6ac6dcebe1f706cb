//! The `arrival` of a group.

use imds_emulator::document::Section;

use super::kinds::{kind, table};
use crate::arrival::Arrival;

pub(super) fn read(group: &mut Section) -> Option<Arrival> {
    let mut section = table(group, "arrival")?;
    let arrival = match kind(&mut section, &["herd", "every", "poisson"])? {
        "herd" => Arrival::Herd(section.required("herd")?),
        "every" => Arrival::Every(section.required("every")?),
        poisson => Arrival::Poisson(section.required(poisson)?),
    };
    if let Some(expected) = arrival.problem() {
        group.refuse("arrival", format_args!("expected {expected}"));
    }
    Some(arrival)
}
