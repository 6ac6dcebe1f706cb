//! Whether a process reads and saves contexts at all, which the profile's settings and two variables of
//! its environment decide, each at another moment (read in source; how they meet is inferred).

use serde::Deserialize;

use crate::scenario::script::Scope;

/// The two variables; none: not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Environment {
    /// Looked at when the module is imported.
    #[serde(rename = "Azure_Profile_Autosave")]
    pub import: Option<bool>,
    /// Looked at by each command that has no scope of its own.
    #[serde(rename = "AzContextAutoSave")]
    pub commands: Option<bool>,
}

impl Environment {
    /// Whether an import reads what is saved, by what the settings say. Where one of the two says no, the
    /// other is asked.
    #[must_use]
    pub(crate) fn loads(self, settings: bool) -> bool {
        self.import.unwrap_or(settings) || self.commands.unwrap_or(settings)
    }

    /// The scope of a command: its own, or the environment's, or the process's.
    #[must_use]
    pub(crate) fn scope(self, own: Option<Scope>, process: Scope) -> Scope {
        let environment = self.commands.map(Scope::saving);
        own.or(environment).unwrap_or(process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(import: Option<bool>, commands: Option<bool>) -> Environment {
        Environment { import, commands }
    }

    #[test]
    fn one_variable_alone_still_reads_what_is_saved() {
        let off = Some(false);
        assert!(environment(off, None).loads(true));
        assert!(environment(None, off).loads(true));
        assert!(!environment(off, off).loads(true));
        assert!(!environment(None, None).loads(false));
    }

    #[test]
    fn a_command_goes_by_its_own_scope_then_by_the_environment() {
        let off = environment(None, Some(false));
        let (user, process) = (Scope::CurrentUser, Scope::Process);
        assert_eq!(off.scope(Some(user), user), user);
        assert_eq!(off.scope(None, user), process);
        assert_eq!(environment(Some(false), None).scope(None, user), user);
    }
}
