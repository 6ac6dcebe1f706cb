//! `GET /metadata/loadbalancer`: the load balancer in front of the VM.

use serde::Serialize;

use super::versions;
use crate::config::VmSettings;
use crate::model::load_balancer::LoadBalancer;
use crate::wire::flaw::Flaw;
use crate::wire::head::Head;
use crate::wire::reply::{self, Answer};

/// The endpoint's path.
pub(crate) const PATH: &str = "/metadata/loadbalancer";

/// Documented.
const FIRST_VERSION: &str = "2020-10-01";

pub(super) fn read<'a>(head: &'a Head, config: &'a VmSettings) -> Result<&'a LoadBalancer, Flaw> {
    versions::asked(head, FIRST_VERSION)?;
    let load_balancer = config.loadbalancer.as_ref();
    load_balancer.ok_or(Flaw::LoadBalancerMissing)
}

#[derive(Serialize)]
struct Body<'a> {
    loadbalancer: &'a LoadBalancer,
}

/// Documented, ports as numbers.
pub(crate) fn answer(loadbalancer: &LoadBalancer) -> Answer {
    reply::json(&Body { loadbalancer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::wire::head::get;

    #[test]
    fn there_is_one_only_where_one_is_configured() {
        let without = VmSettings::default();
        let with = Config::from_toml("c", "[loadbalancer]").unwrap().vm;
        let current = get("/metadata/loadbalancer?api-version=2020-10-01");
        assert_eq!(read(&current, &without), Err(Flaw::LoadBalancerMissing));
        assert!(read(&current, &with).is_ok());
        let early = get("/metadata/loadbalancer?api-version=2020-09-01");
        assert_eq!(read(&early, &with), Err(Flaw::VersionInvalid));
    }
}
