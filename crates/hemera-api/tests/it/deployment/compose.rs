//! `deploy/compose.yml`, and the PostgreSQL that it includes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::containerfile::stages;
use super::process::{PUBLISHABLE_KEY, Process, assert_known};
use super::{AUDIT_QUEUES, documents, path, schema, strings};

const FILE: &str = "deploy/compose.yml";
const POSTGRES: &str = "docker-compose.yml";

fn compose() -> Value {
    documents(FILE).remove(0)
}

/// The services of both files.
fn services() -> BTreeMap<String, Value> {
    let files = [compose(), documents(POSTGRES).remove(0)];
    let all = files
        .iter()
        .flat_map(|file| file["services"].as_object().unwrap());
    all.map(|(name, service)| (name.clone(), service.clone()))
        .collect()
}

fn profiles(service: &Value) -> BTreeSet<String> {
    strings(&service["profiles"]).into_iter().collect()
}

fn is_hemera(service: &Value) -> bool {
    service["image"] == "hemera-api"
}

/// The environment, with what a variable stands for where nothing sets it.
fn environment(service: &Value) -> BTreeMap<String, String> {
    let variables = service["environment"].as_object().into_iter().flatten();
    variables
        .map(|(name, value)| (name.clone(), interpolated(value.as_str().unwrap())))
        .collect()
}

fn interpolated(text: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else {
        return text.to_owned();
    };
    let (variable, after) = rest.split_once('}').unwrap();
    let (name, default) = variable.split_once(":-").unwrap();
    let value = match name {
        "CLERK_PUBLISHABLE_KEY" => PUBLISHABLE_KEY,
        _ => default,
    };
    format!("{before}{value}{}", interpolated(after))
}

/// A service of ours as the image runs it.
fn process(name: &str, service: &Value) -> Process {
    let (stages, _) = stages();
    let image = &stages["hemera-api"];
    let mut all = image.environment();
    all.extend(environment(service));
    let arguments = match strings(&service["command"]) {
        none if none.is_empty() => image.words("CMD"),
        command => command,
    };
    Process {
        name: format!("{FILE}: {name}"),
        arguments,
        environment: all,
    }
}

#[test]
fn both_files_are_what_compose_reads() {
    let schema = schema::compose();
    for name in [FILE, POSTGRES] {
        let [document] = &documents(name)[..] else {
            panic!("{name} is not one document")
        };
        assert_eq!(schema::faults(&schema, document), Vec::<String>::new(), "{name}");
    }
    let mut misspelt = compose();
    misspelt["services"]["hemera"]["read_onyl"] = true.into();
    assert_eq!(schema::faults(&schema, &misspelt).len(), 1);
}

#[test]
fn without_a_profile_it_is_postgresql_alone() {
    assert_eq!(compose()["include"], serde_json::json!(["../docker-compose.yml"]));
    let services = services();
    let always: Vec<_> = services
        .iter()
        .filter(|(_, service)| profiles(service).is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(always, ["postgres"]);
    let named: BTreeSet<_> = services.values().flat_map(profiles).collect();
    assert_eq!(
        named.iter().map(String::as_str).collect::<Vec<_>>(),
        ["dev", "observe", "scale"]
    );
}

#[test]
fn no_container_has_a_right_that_it_does_not_need() {
    for (name, service) in compose()["services"].as_object().unwrap() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(strings(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(
            strings(&service["security_opt"]),
            ["no-new-privileges:true"],
            "{name}"
        );
        assert_eq!(service["cap_add"], Value::Null, "{name}");
        assert_eq!(service["privileged"], Value::Null, "{name}");
    }
}

#[test]
fn each_command_finds_its_settings() {
    let services = services();
    let ours: Vec<_> = services
        .iter()
        .filter(|(_, service)| is_hemera(service))
        .collect();
    assert_eq!(ours.len(), 5);
    for (name, service) in ours {
        process(name, service).assert_accepted();
    }
}

#[test]
fn ports_and_health_checks_are_the_servers_own() {
    let services = services();
    for (name, service) in services
        .iter()
        .filter(|(_, service)| is_hemera(service) && service["command"] == Value::Null)
    {
        let config = process(name, service).server();
        assert_eq!(config.http.listen.port(), 8080, "{name}");
        assert_eq!(
            config.metrics.listen.unwrap().to_string(),
            "0.0.0.0:9464",
            "{name}"
        );
        let check = strings(&service["healthcheck"]["test"]);
        let [cmd, program, arguments @ ..] = &check[..] else {
            panic!("{name}: {check:?}")
        };
        assert_eq!(
            (cmd.as_str(), program.as_str()),
            ("CMD", "/usr/bin/hemera-api"),
            "{name}"
        );
        assert_known(name, arguments);
        let grace = humantime::parse_duration(service["stop_grace_period"].as_str().unwrap()).unwrap();
        assert!(grace >= config.http.drain_timeout + AUDIT_QUEUES, "{name}");
    }
    // The server of `dev` lives in the network of the emulator, whose ports are both.
    assert_eq!(services["hemera"]["network_mode"], "service:clerk");
    assert_eq!(
        strings(&services["clerk"]["ports"]),
        [
            "127.0.0.1:${CLERK_PORT:-4010}:4010",
            "127.0.0.1:${HEMERA_PORT:-8080}:8080"
        ]
    );
    let metrics = documents("deploy/prometheus/compose.yml").remove(0);
    let found = &metrics["scrape_configs"][0]["dns_sd_configs"][0];
    assert_eq!(found["port"], 9464);
    for name in ["clerk", "hemera-1", "hemera-2"] {
        assert_eq!(
            services[name]["networks"]["default"]["aliases"], found["names"],
            "{name}"
        );
    }
}

#[test]
fn prometheus_watches_the_jobs_that_the_rules_name() {
    let jobs = |file: &str| -> Vec<Value> {
        let config = documents(file).remove(0);
        let jobs = config["scrape_configs"].as_array().unwrap().iter();
        jobs.map(|job| job["job_name"].clone()).collect()
    };
    assert_eq!(
        jobs("deploy/prometheus/compose.yml"),
        jobs("deploy/prometheus/prometheus.yml")
    );
}

#[test]
fn as_many_replicas_share_the_limits_as_there_are() {
    let services = services();
    let servers: Vec<_> = services
        .iter()
        .filter(|(_, service)| is_hemera(service) && profiles(service).contains("scale"))
        .filter(|(_, service)| service["command"] == Value::Null)
        .collect();
    for (name, service) in &servers {
        let config = process(name, service).server();
        let replicas = usize::try_from(config.limits.replicas.get()).unwrap();
        assert_eq!(replicas, servers.len(), "{name}");
        assert_eq!(config.http.trusted_proxies, 1, "{name}");
    }
}

#[test]
fn secrets_are_declared_given_and_used() {
    let compose = compose();
    let declared: BTreeSet<_> = compose["secrets"].as_object().unwrap().keys().cloned().collect();
    let mut given_to_some = BTreeSet::new();
    for (name, service) in compose["services"].as_object().unwrap() {
        let given: BTreeSet<_> = strings(&service["secrets"]).into_iter().collect();
        let mut used: BTreeSet<_> = environment(service).into_values().collect();
        used.extend(strings(&service["command"]));
        let used: BTreeSet<_> = used
            .iter()
            .filter_map(|value| value.strip_prefix("/run/secrets/"))
            .map(str::to_owned)
            .collect();
        assert_eq!(given, used, "{name}");
        given_to_some.extend(given);
    }
    assert_eq!(declared, given_to_some);
    for (name, secret) in compose["secrets"].as_object().unwrap() {
        assert_eq!(secret["file"], format!("secrets/{name}"));
    }
    assert!(super::text(".gitignore").contains("/deploy/secrets/\n"));
}

#[test]
fn what_a_service_names_is_there() {
    let services = services();
    let (stages, _) = stages();
    for (name, service) in &services {
        if let Some(target) = service["build"]["target"].as_str() {
            assert!(stages.contains_key(target), "{name}: {target}");
            assert_eq!(service["image"], target, "{name}");
        }
        for volume in strings(&service["volumes"]) {
            if let Some((source, _)) = volume.split_once(':').filter(|_| volume.starts_with('.')) {
                assert!(path("deploy").join(source).exists(), "{name}: {source}");
                assert!(volume.ends_with(":ro"), "{name}: {volume}");
            }
        }
        for (other, how) in service["depends_on"].as_object().into_iter().flatten() {
            let needed = &services[other];
            let together = profiles(needed).is_empty() || profiles(service).is_subset(&profiles(needed));
            assert!(together, "{name} needs {other}, which has another profile");
            let checked = needed["healthcheck"] != Value::Null;
            assert_eq!(how["condition"] == "service_healthy", checked, "{name}: {other}");
        }
    }
}
