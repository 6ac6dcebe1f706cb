//! `admin_hosts`: further names of the administration port.

use crate::document::Section;

const KEY: &str = "admin_hosts";

pub(super) fn read(section: &mut Section) -> Option<Vec<String>> {
    let hosts: Vec<String> = section.required(KEY)?;
    if let Some(wrong) = hosts.iter().find(|host| !is_name(host)) {
        let expected = "expected names of hosts without scheme and port, such as \"imds\"";
        section.refuse(KEY, format!("`{wrong}`: {expected}"));
        return None;
    }
    Some(hosts)
}

/// Each is spelt out: a pattern could let in a page that chooses its own name.
fn is_name(host: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !host.is_empty() && host.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_host_is_a_name_and_nothing_else() {
        let read = |hosts: &str| Config::from_toml("c", &format!("admin_hosts = {hosts}"));
        let config = read("['imds', 'imds-1.test_net']").unwrap();
        assert_eq!(config.admin_hosts, ["imds", "imds-1.test_net"]);
        for wrong in ["", "*", "*.test", "imds:16926", "http://imds"] {
            let problems = read(&format!("['imds', '{wrong}']"))
                .unwrap_err()
                .to_string();
            assert!(
                problems.contains(&format!("`{wrong}`: expected names of hosts")),
                "{problems}"
            );
        }
    }
}
