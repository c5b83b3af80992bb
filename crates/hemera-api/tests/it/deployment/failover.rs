//! `deploy/patroni/patroni.yml` and `deploy/haproxy/postgres.cfg` fit each other, a server's pool and docs/failover.md.
//! `cargo xtask failover` runs them.

use super::{defaults, documents, text};

const PROXY: &str = "deploy/haproxy/postgres.cfg";

#[test]
fn an_acknowledged_commit_is_on_two_disks_and_the_documented_bound_follows() {
    let patroni = documents("deploy/patroni/patroni.yml").remove(0);
    let dcs = &patroni["bootstrap"]["dcs"];
    assert_eq!(dcs["synchronous_mode"], true);
    assert_eq!(dcs["postgresql"]["parameters"]["synchronous_commit"], "on");
    let seconds = |name: &str| dcs[name].as_u64().unwrap();
    let [ttl, wait, retry] = ["ttl", "loop_wait", "retry_timeout"].map(seconds);
    assert!(wait + 2 * retry <= ttl, "Patroni refuses it");
    let bound = format!(
        "`ttl` + `loop_wait` + 5 s: {} s with the files in `deploy/`",
        ttl + wait + 5
    );
    assert!(text("docs/failover.md").contains(&bound), "{bound}");
}

#[test]
fn the_proxy_leads_to_the_primary_alone_and_closes_what_leads_elsewhere() {
    let file = text(PROXY);
    assert!(file.contains("http-check send meth GET uri /primary "));
    assert!(file.contains("http-check expect status 200"));
    assert!(file.contains("on-marked-down shutdown-sessions"));
    let idle = defaults().database.idle_timeout;
    for side in ["timeout client ", "timeout server "] {
        let line = file
            .lines()
            .find_map(|line| line.trim().strip_prefix(side))
            .unwrap();
        assert!(humantime::parse_duration(line).unwrap() > idle, "{side}");
    }
}
