//! The `[context]` of a scenario: the profile that its sessions share.

use std::sync::Arc;

use imds_emulator::Config;
use imds_emulator::document::{FriendlyDuration, Section};

use super::scripts::requests;
use crate::scenario::context::account::account;
use crate::scenario::context::{
    AzureContext, Brought, Contexts, Entry, Generation, Naming, Settings,
};
use crate::scenario::script::Pause;

/// What the file holds that is damaged.
const DAMAGED: &str = "{";

pub(super) fn read(root: &mut Section, imds: &Config) -> Settings {
    let mut settings = Settings::default();
    let Some(mut section) = root.section("context") else {
        return settings;
    };
    if let Some(saved) = section.section("saved").as_mut() {
        settings.saved = read_saved(saved, imds).unwrap_or_default();
    }
    section.set("autosave", &mut settings.autosave);
    if section.optional("damaged") == Some(true) {
        DAMAGED.clone_into(&mut settings.saved);
    }
    read_polls(&mut section, &mut settings);
    set_pause(&mut section, "hold_between", &mut settings.hold);
    set_pause(&mut section, "hold_first_between", &mut settings.first_hold);
    settings
}

fn read_polls(section: &mut Section, settings: &mut Settings) {
    if let Some(FriendlyDuration(poll)) = section.optional("poll") {
        settings.poll = poll;
    }
    section.set("tries", &mut settings.tries);
    if settings.tries == 0 || settings.poll.is_zero() {
        section.refuse("tries", "expected 1 or more, with a poll longer than zero");
    }
}

/// Sets a length of time that is drawn between two, if the key is there.
fn set_pause(section: &mut Section, key: &str, pause: &mut Pause) {
    let Some([min, max]) = section.optional::<[FriendlyDuration; 2]>(key) else {
        return;
    };
    let (min, max) = (min.0, max.0);
    *pause = Pause { min, max };
    if min > max {
        section.refuse(key, "expected the shorter time first");
    }
}

/// The context of a group: the one that it names, or that its client brings along where the script needs
/// one.
pub(super) fn of_group(
    section: &mut Section,
    brought: &Brought,
    needed: bool,
    settings: &Arc<Settings>,
) -> Option<AzureContext> {
    let generation = if section.has("context") {
        let name = section.optional::<String>("context");
        name.and_then(|name| generation(section, &name))
    } else {
        let generation = brought.generation(needed);
        if generation.is_none() {
            refuse_without_context(section);
        }
        generation
    };
    let domain = section.optional("logon").unwrap_or_default();
    let process: Option<String> = section.optional("process");
    let environment = section.optional("environment").unwrap_or_default();
    Some(AzureContext {
        domain,
        process: process.map(Arc::from),
        environment,
        ..AzureContext::of(generation?, settings)
    })
}

fn refuse_without_context(section: &Section) {
    for key in ["logon", "process", "environment"] {
        if section.has(key) {
            section.refuse(key, "expected it beside a context only");
        }
    }
}

fn generation(section: &mut Section, name: &str) -> Option<Generation> {
    let generation = Generation::named(name);
    let refused = |expected| section.refuse("context", format_args!("expected {expected}"));
    generation.map_err(refused).ok()
}

fn read_saved(saved: &mut Section, imds: &Config) -> Option<String> {
    let identity = requests::identity(saved, imds);
    let subscription = requests::subscription(saved, imds);
    let mut contexts = Contexts::default();
    let entry = Entry {
        account: account(&identity?),
        subscription: Some(subscription?.to_string()),
    };
    contexts.set(entry, Naming::Account);
    Some(contexts.to_json())
}
