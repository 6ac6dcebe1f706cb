//! Saved contexts: what the file and each session's memory hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::scenario::context::generation::Naming;

/// An account, and the subscription it works in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Entry {
    /// The client id of a user-assigned identity, or `MSI@50342` for the VM's own.
    pub account: String,
    /// Its id; none where the account can read no subscription, or they could not be listed.
    pub subscription: Option<String>,
}

/// Contexts by name, and which one commands use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Contexts {
    #[serde(rename = "DefaultContextKey")]
    default: Option<String>,
    #[serde(rename = "Contexts")]
    entries: BTreeMap<String, Entry>,
}

impl Contexts {
    /// The one that commands use.
    #[must_use]
    pub(crate) fn current(&self) -> Option<&Entry> {
        self.entries.get(self.default.as_ref()?)
    }

    /// Adds a context, unless there is one of its name.
    pub(crate) fn add(&mut self, entry: Entry, naming: Naming) {
        let name = naming.name(&entry);
        self.entries.entry(name).or_insert(entry);
    }

    /// Adds a context, and lets commands use the one of its name.
    pub(crate) fn set(&mut self, entry: Entry, naming: Naming) {
        self.default = Some(naming.name(&entry));
        self.add(entry, naming);
    }

    /// Removes the one that commands use.
    pub(crate) fn remove_current(&mut self) {
        if let Some(name) = self.default.take() {
            self.entries.remove(&name);
        }
    }

    /// Removes those that `known` has too, and no others.
    pub(crate) fn remove(&mut self, known: &Self) {
        self.entries
            .retain(|name, _| !known.entries.contains_key(name));
        let default = self.default.take();
        self.default = default.filter(|name| self.entries.contains_key(name));
    }

    /// The text of the file; the keys are those of `AzureRmContext.json`, of which only what matters
    /// here is kept.
    ///
    /// # Panics
    /// Never: there are string keys and no parts that fail.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("string keys and no failing parts")
    }

    /// What the text of the file says; none if it is damaged. An empty file is an empty profile.
    #[must_use]
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        serde_json::from_str(text).ok()
    }
}

impl Naming {
    fn name(self, entry: &Entry) -> String {
        let Entry {
            account,
            subscription,
        } = entry;
        match (self, subscription) {
            (Self::Subscription, Some(subscription)) => subscription.clone(),
            (Self::Account, Some(subscription)) => format!("{subscription} - {account}"),
            (_, None) => account.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(account: &str, subscription: &str) -> Entry {
        Entry {
            account: account.to_owned(),
            subscription: Some(subscription.to_owned()),
        }
    }

    fn current(contexts: &Contexts) -> (&str, Option<&str>) {
        let entry = contexts.current().expect("a context");
        (&entry.account, entry.subscription.as_deref())
    }

    #[test]
    fn two_accounts_in_one_subscription_are_two_contexts() {
        let mut contexts = Contexts::default();
        contexts.set(entry("a", "s"), Naming::Account);
        contexts.set(entry("b", "s"), Naming::Account);
        assert_eq!(contexts.entries.len(), 2);
        assert_eq!(current(&contexts), ("b", Some("s")));
    }

    /// Work ran under the account that was saved first, which is what was reported.
    #[test]
    fn by_subscription_alone_the_second_account_is_dropped() {
        let mut contexts = Contexts::default();
        contexts.set(entry("a", "s"), Naming::Subscription);
        contexts.set(entry("b", "s"), Naming::Subscription);
        assert_eq!(current(&contexts), ("a", Some("s")));
    }

    #[test]
    fn only_what_is_known_is_removed() {
        let mut file = Contexts::default();
        file.set(entry("a", "s"), Naming::Account);
        let known = file.clone();
        file.add(entry("b", "s"), Naming::Account);
        file.remove(&known);
        assert_eq!(
            file.entries.values().cloned().collect::<Vec<_>>(),
            [entry("b", "s")]
        );
        assert_eq!(file.current(), None);
    }

    #[test]
    fn a_damaged_file_is_told_from_an_empty_one() {
        assert_eq!(Contexts::from_json("{ \"Contexts\""), None);
        assert_eq!(Contexts::from_json(""), Some(Contexts::default()));
    }

    /// What sessions do to the file, each with what it found in it at its start.
    fn change(
        file: &mut Contexts,
        imported: &Contexts,
        (what, name, subscription): (u8, &str, &str),
    ) {
        match what {
            0 => file.set(entry(name, subscription), Naming::Account),
            1 => file.add(entry(name, subscription), Naming::Account),
            _ => file.remove(imported),
        }
    }

    proptest! {
        /// Merged writes lose no entry that the session does not know.
        #[test]
        fn what_another_has_saved_stays(changes in prop::collection::vec((0_u8..3, "[a-c]", "[s-u]"), 0..12)) {
            let mut file = Contexts::default();
            file.set(entry("mine", "s"), Naming::Account);
            let imported = file.clone();
            file.add(entry("another's", "s"), Naming::Account);
            for (what, name, subscription) in &changes {
                change(&mut file, &imported, (*what, name, subscription));
            }
            prop_assert!(file.entries.values().any(|entry| entry.account == "another's"));
        }

        #[test]
        fn what_is_written_is_read_again(pairs in prop::collection::vec(("[a-c]", prop::option::of("[s-u]")), 0..6)) {
            let mut contexts = Contexts::default();
            for (account, subscription) in pairs {
                contexts.set(Entry { account, subscription }, Naming::Account);
            }
            prop_assert_eq!(Contexts::from_json(&contexts.to_json()), Some(contexts));
        }
    }
}
