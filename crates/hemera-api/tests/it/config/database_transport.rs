//! A PostgreSQL on another machine is called over verified TLS, or over a network that is said to be private.

use hemera_api::config::{Inputs, load_migration};

use super::{faults, inputs, load};

const FAULT: &str = "names another machine";

#[test]
fn a_database_on_another_machine_needs_verified_tls() {
    for url in [
        "postgres://hemera:swordfish@db.example/hemera",
        "postgres://hemera@db.example/hemera?sslmode=require",
        "postgres://hemera@db.example/hemera?sslmode=verify-ca",
        "postgres://hemera@10.0.0.5/hemera",
        "postgres://hemera@[2001:db8::5]/hemera",
        "postgres://hemera@localhost.example/hemera",
        "postgres://hemera@localhost/hemera?host=db.example",
        "postgres://hemera@localhost/hemera?hostaddr=10.0.0.5",
        "postgres://hemera@localhost/hemera?hostaddr=2001:db8::5",
    ] {
        let report = faults(&[("DATABASE_URL", url)]);
        for text in [
            "DATABASE_URL: ",
            FAULT,
            "sslmode=verify-full",
            "HEMERA_DATABASE__PRIVATE_NETWORK=true",
        ] {
            assert!(report.contains(text), "{url}: {report}");
        }
        assert!(!report.contains("swordfish"), "{report}");
        load(&[
            ("DATABASE_URL", url),
            ("HEMERA_DATABASE__PRIVATE_NETWORK", "true"),
        ])
        .unwrap();
    }
}

#[test]
fn a_verified_database_and_one_on_this_machine_need_nothing_else() {
    for url in [
        "postgres://hemera@db.example/hemera?sslmode=verify-full",
        "postgres://hemera@db.example/hemera?sslmode=verify-full&sslrootcert=/etc/ssl/own.crt",
        "postgres://hemera@localhost/hemera",
        "postgres://hemera@db.localhost/hemera",
        "postgres://hemera@127.0.0.2:5433/hemera",
        "postgres://hemera@[::1]/hemera",
        "postgres://hemera@localhost/hemera?hostaddr=::1",
        "postgres:///hemera?host=/var/run/postgresql",
        "postgres://%2Fvar%2Frun%2Fpostgresql/hemera",
    ] {
        load(&[("DATABASE_URL", url)]).unwrap_or_else(|faults| panic!("{url}: {faults}"));
    }
}

#[test]
fn the_address_of_migrate_is_held_to_the_same_rule() {
    let far = ("HEMERA_DATABASE__ADMIN_URL", "postgres://admin@db.example/hemera");
    let report = faults(&[far]);
    assert!(
        report.contains("HEMERA_DATABASE__ADMIN_URL: names another machine"),
        "{report}"
    );
    let migration = |inputs: &Inputs| {
        load_migration(inputs)
            .map(|_| ())
            .map_err(|faults| faults.to_string())
    };
    assert!(migration(&inputs(&[far])).unwrap_err().contains(FAULT));
    let private = ("HEMERA_DATABASE__PRIVATE_NETWORK", "true");
    migration(&inputs(&[far, private])).unwrap();
    let url = ("DATABASE_URL", "postgres://hemera@db.example/hemera");
    assert!(migration(&inputs(&[url])).unwrap_err().contains(FAULT));
    migration(&inputs(&[url, private])).unwrap();
}
