//! The `faults` tables.

mod answer;
mod length;

use toml::Value;

use super::latency;
use crate::document::Section;
use crate::model::fault::{Drip, Effect, Fault, Match, Preset, Stage, When, is_called};
use crate::model::identity::Identities;

use length::length;

/// All faults that can be made out; problems are noted for the others.
pub(super) fn read(section: &mut Section, identities: &Identities) -> Vec<Fault> {
    let tables = section.sections("faults").into_iter();
    let faults = tables.filter_map(|mut table| fault(&mut table, identities));
    faults.flatten().collect()
}

fn fault(section: &mut Section, identities: &Identities) -> Option<Vec<Fault>> {
    let name: Option<String> = section.optional("name");
    if name.as_ref().is_some_and(String::is_empty) {
        section.refuse("name", "expected a name, by which it can be removed");
    }
    let matching = matching(section, identities);
    let from = length(section, "from");
    let lasts = length(section, "lasts");
    let mut faults = if section.offers("preset") {
        preset(section)?
    } else {
        vec![of_its_own(section)?]
    };
    let is_late = |fault: &Fault| fault.effect.stage() == Stage::Service;
    if matching.after_header && faults.iter().any(is_late) {
        let expected = "expected only with an effect that takes the place of the service: this one strikes \
                        requests that were admitted, so that they have the header";
        section.refuse("after_header", expected);
    }
    for fault in &mut faults {
        if let Some(name) = &name {
            fault.name.clone_from(name);
        }
        fault.matching.clone_from(&matching);
        fault.when.from = from.unwrap_or_default();
        fault.when.lasts = lasts.or(fault.when.lasts);
    }
    Some(faults)
}

fn preset(section: &mut Section) -> Option<Vec<Fault>> {
    let name: String = section.optional("preset")?;
    let preset = Preset::named(&name);
    if preset.is_none() {
        let known = Preset::ALL.map(|(name, _)| name).join(", ");
        section.refuse("preset", format!("expected one of {known}"));
    }
    preset.map(Preset::faults)
}

fn of_its_own(section: &mut Section) -> Option<Fault> {
    let when = when(section);
    let effect = effect(section)?;
    Some(Fault {
        name: effect.to_string(),
        matching: Match::default(),
        when,
        effect,
    })
}

fn matching(section: &mut Section, identities: &Identities) -> Match {
    let matching = Match {
        path: section.optional("path"),
        identity: section.optional("identity"),
        resource: section.optional("resource"),
        connection: counted(section, "connection"),
        session: section.optional("session"),
        after_header: section.optional("after_header").unwrap_or_default(),
    };
    let is_known = |name: &String| identities.iter().any(|it| is_called(it, name));
    if matching
        .identity
        .as_ref()
        .is_some_and(|name| !is_known(name))
    {
        section.refuse(
            "identity",
            "expected a name or an id of one of the identities",
        );
    }
    if matching
        .path
        .as_ref()
        .is_some_and(|path| !path.starts_with('/'))
    {
        section.refuse("path", "expected a path that begins with /");
    }
    matching
}

fn when(section: &mut Section) -> When {
    let probability = section.optional("probability");
    if probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
        section.refuse("probability", "expected 0 to 1");
    }
    When {
        nth: counted(section, "nth"),
        next: counted(section, "next"),
        probability,
        ..When::default()
    }
}

fn effect(section: &mut Section) -> Option<Effect> {
    if section.holds_table("effect") {
        let mut table = section.section("effect")?;
        return effect_with_value(&mut table);
    }
    let word: Value = section.required("effect")?;
    let effect = match word.as_str() {
        Some("hang") => Effect::Hang,
        Some("reset") => Effect::Reset,
        Some("close") => Effect::Close,
        Some("truncated") => Effect::Truncated,
        Some("malformed") => Effect::Malformed,
        Some("content-type") => Effect::ContentType,
        _ => {
            let expected = "expected \"hang\", \"reset\", \"close\", \"truncated\", \"malformed\", \
                            \"content-type\", or a table with status, latency or drip";
            section.refuse("effect", expected);
            return None;
        }
    };
    Some(effect)
}

/// Exactly one of the keys.
fn effect_with_value(section: &mut Section) -> Option<Effect> {
    let keys = ["status", "latency", "drip"];
    let given: Vec<_> = keys.into_iter().filter(|key| section.offers(key)).collect();
    for key in answer::OWN {
        if !given.contains(&"status") && section.offers(key) {
            section.forbid(key, "expected only with status");
        }
    }
    let status = given.contains(&"status").then(|| answer::read(section));
    let latency = given.contains(&"latency").then(|| {
        let extra = latency::service_time(section, "latency");
        extra.map(Effect::Latency)
    });
    let drip = given.contains(&"drip").then(|| drip(section));
    match given.as_slice() {
        [_] => status.or(latency).or(drip).flatten(),
        [] => {
            section.refuse("status", "expected one of status, latency and drip");
            None
        }
        [_, second, ..] => {
            section.refuse(second, "expected only one of status, latency and drip");
            None
        }
    }
}

fn drip(section: &mut Section) -> Option<Effect> {
    let mut table = section.section("drip")?;
    let pieces = table.required("pieces");
    let every = length(&mut table, "every");
    if !table.states("every") {
        table.refuse("every", "required, but missing");
    }
    if pieces.is_some_and(|pieces| !(2..=Drip::MOST_PIECES).contains(&pieces)) {
        let most = Drip::MOST_PIECES;
        table.refuse("pieces", format!("expected 2 to {most}"));
    }
    Some(Effect::Drip(Drip {
        pieces: pieces?,
        every: every?,
    }))
}

fn counted(section: &mut Section, key: &str) -> Option<u64> {
    let count = section.optional(key);
    if count == Some(0) {
        section.refuse(key, "expected a whole number from 1");
    }
    count
}

#[cfg(test)]
mod tests;
