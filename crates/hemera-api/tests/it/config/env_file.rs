//! `--env-file`.

use hemera_api::config::{Config, Inputs, SettingSource};

use super::{file, inputs};

fn with_file(settings: &[(&str, &str)], text: &str) -> (tempfile::NamedTempFile, Inputs) {
    let (file, path) = file(text);
    let inputs = Inputs {
        environment_file: Some(path),
        ..inputs(settings)
    };
    (file, inputs)
}

#[test]
fn the_environment_wins_over_its_file_and_the_file_over_the_defaults() {
    let text = "# a comment\n\nexport HEMERA_HTTP__CONCURRENCY=7\nHEMERA_LIMITS__API_CLIENT_RATE='50'\n";
    let (_file, inputs) = with_file(&[("HEMERA_LIMITS__API_CLIENT_RATE", "60")], text);
    let (config, summary) = Config::load_with_summary(&inputs).unwrap();
    assert_eq!(config.http.concurrency, 7);
    let origin = |name: &str| {
        let row = summary.rows().find(|row| row.name == name).unwrap();
        (row.source.unwrap(), row.value.clone().unwrap())
    };
    assert_eq!(
        origin("HEMERA_HTTP__CONCURRENCY"),
        (SettingSource::EnvFile, "7".into())
    );
    assert_eq!(
        origin("HEMERA_LIMITS__API_CLIENT_RATE"),
        (SettingSource::Environment, "60".into())
    );
}

/// A secret may hold what a shell would take for a variable or a comment.
#[test]
fn single_quotes_keep_a_value_as_it_is() {
    let text = "HEMERA_HTTP__TLS_KEY='/a $HOME #b.key'\nHEMERA_HTTP__TLS_CERTIFICATE=/a.crt # where it is\n";
    let (_file, inputs) = with_file(&[], text);
    let tls = Config::load(&inputs).unwrap().http.tls.unwrap();
    assert_eq!(tls.key.to_str(), Some("/a $HOME #b.key"));
    assert_eq!(tls.certificate.to_str(), Some("/a.crt"));
}

#[test]
fn faults_name_the_variable_of_the_file() {
    let (_file, inputs) = with_file(&[], "HEMERA_HTTP__CONCURRENCY=many\nHEMERA_HTTP__CONCURENCY=7\n");
    let faults = Config::load(&inputs).unwrap_err().to_string();
    assert!(
        faults.contains("HEMERA_HTTP__CONCURRENCY: must be a whole number"),
        "{faults}"
    );
    assert!(faults.contains("HEMERA_HTTP__CONCURENCY"), "{faults}");
}

#[test]
fn a_file_that_is_none_is_a_fault_that_repeats_no_line() {
    let (_file, inputs) = with_file(&[], "# first\nsk_live_secret without a name\n");
    let faults = Config::load(&inputs).unwrap_err().to_string();
    assert!(
        faults.contains("is not an environment file at line 2: write NAME=value"),
        "{faults}"
    );
    assert!(!faults.contains("sk_live_secret"), "{faults}");
}

#[test]
fn a_file_that_is_not_there_is_a_fault() {
    let missing = Inputs {
        environment_file: Some("/nowhere/hemera.env".into()),
        ..inputs(&[])
    };
    let faults = Config::load(&missing).unwrap_err().to_string();
    assert!(faults.contains("/nowhere/hemera.env: cannot be read"), "{faults}");
    assert!(faults.contains("--env-file"), "{faults}");
}
