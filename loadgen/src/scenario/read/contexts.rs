//! The `[context]` of a scenario: the profile that its sessions share.

use imds_emulator::Config;
use imds_emulator::document::{FriendlyDuration, Section};

use super::scripts::requests;
use crate::scenario::context::account::account;
use crate::scenario::context::{Contexts, Entry, Naming, Settings};
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
    if let Some(FriendlyDuration(poll)) = section.optional("poll") {
        settings.poll = poll;
    }
    section.set("tries", &mut settings.tries);
    if settings.tries == 0 || settings.poll.is_zero() {
        section.refuse("tries", "expected 1 or more, with a poll longer than zero");
    }
    if let Some([min, max]) = section.optional::<[FriendlyDuration; 2]>("hold_between") {
        let (min, max) = (min.0, max.0);
        settings.hold = Pause { min, max };
        if min > max {
            section.refuse("hold_between", "expected the shorter time first");
        }
    }
    settings
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
