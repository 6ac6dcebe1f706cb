//! The user's configuration of the emulator, in which nothing may stand that has no effect.

use imds_emulator::config::refuse;
use imds_emulator::{Config, Problems};

pub(crate) use imds_emulator::config::Refused;

/// Reads a configuration in which these keys may not stand; `name` is what problems call it.
///
/// # Errors
/// All that is wrong with it: what the emulator finds, and the keys that are refused.
pub(crate) fn read(name: &str, text: &str, refused: &[Refused]) -> Result<Config, Problems> {
    let read = Config::from_toml(name, text);
    match (read, refuse(name, text, refused)) {
        (Ok(config), Ok(())) => Ok(config),
        (Err(problems), Err(others)) => Err(problems.and(others)),
        (Err(problems), Ok(())) | (Ok(_), Err(problems)) => Err(problems),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_reported_at_once_with_its_place() {
        let text = "listen = '127.0.0.1:1'\nseed = 'x'\n[resource_manager]\nlisten = '127.0.0.1:2'\npage = 5\n";
        let refused = [
            ("listen", "not here"),
            ("fleet", "not here"),
            ("resource_manager.listen", "nor there"),
        ];
        let problems = read("c.toml", text, &refused)
            .expect_err("wrong")
            .to_string();
        let expected = "c.toml:1:10: listen: not here\n\
            c.toml:2:8: seed: invalid type: string \"x\", expected a whole number from 0\n\
            c.toml:4:10: resource_manager.listen: nor there";
        assert_eq!(problems, expected);
        assert!(read("c.toml", "resource_manager.page = 5\n", &refused).is_ok());
    }
}
