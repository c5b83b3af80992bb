//! `deploy/kubernetes`: every object of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hemera_api::PublicRoute;
use serde_json::{Value, json};

use super::containerfile::stages;
use super::process::Process;
use super::{AUDIT_QUEUES, documents, path, schema, strings};

fn objects() -> Vec<Value> {
    let mut files: Vec<_> = std::fs::read_dir(path("deploy/kubernetes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| documents(&format!("deploy/kubernetes/{file}")))
        .collect()
}

#[track_caller]
fn object(kind: &str, name: &str) -> Value {
    let mut found = objects();
    found.retain(|object| object["kind"] == kind && object["metadata"]["name"] == name);
    assert_eq!(found.len(), 1, "{kind} {name}");
    found.remove(0)
}

/// The templates of pods, by the name of their owner.
fn pods() -> BTreeMap<String, Value> {
    let templates = objects().into_iter().filter_map(|object| {
        let template = match object["kind"].as_str()? {
            "CronJob" => &object["spec"]["jobTemplate"]["spec"]["template"],
            "Deployment" | "Job" => &object["spec"]["template"],
            _ => return None,
        };
        let name = object["metadata"]["name"].as_str()?.to_owned();
        Some((name, template.clone()))
    });
    templates.collect()
}

fn container(pod: &Value) -> &Value {
    let containers = pod["spec"]["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    &containers[0]
}

/// What the container runs, with the settings of the `ConfigMap`.
fn process(name: &str, pod: &Value) -> Process {
    let container = container(pod);
    let (stages, _) = stages();
    let mut environment = stages["hemera-api"].environment();
    for source in container["envFrom"].as_array().unwrap() {
        let map = source["configMapRef"]["name"].as_str().unwrap();
        let map = object("ConfigMap", map);
        let data = map["data"].as_object().unwrap().iter();
        environment.extend(data.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())));
    }
    for variable in container["env"].as_array().unwrap() {
        let [name, value] = ["name", "value"].map(|key| variable[key].as_str().unwrap());
        environment.insert(name.to_owned(), value.to_owned());
    }
    Process {
        name: format!("deploy/kubernetes: {name}"),
        arguments: strings(&container["args"]),
        environment,
    }
}

#[test]
fn each_object_is_what_kubernetes_knows() {
    let objects = objects();
    assert!(objects.len() >= 8);
    for object in &objects {
        let schema = schema::kubernetes(object).unwrap_or_else(|| panic!("no schema for {object}"));
        assert_eq!(schema::faults(&schema, object), Vec::<String>::new(), "{object}");
        if object["kind"] != "Namespace" {
            assert_eq!(object["metadata"]["namespace"], "hemera", "{object}");
        }
    }
    let mut misspelt = object("Deployment", "hemera-api");
    misspelt["spec"]["template"]["spec"]["enableServiceLink"] = json!(false);
    let schema = schema::kubernetes(&misspelt).unwrap();
    assert_eq!(schema::faults(&schema, &misspelt).len(), 1);
}

#[test]
fn each_command_finds_its_settings() {
    let pods = pods();
    assert_eq!(pods.len(), 3);
    for (name, pod) in &pods {
        process(name, pod).assert_accepted();
        let image = container(pod)["image"].as_str().unwrap();
        let tag = format!("/hemera-api:{}", env!("CARGO_PKG_VERSION"));
        assert!(image.ends_with(&tag), "{name}: {image} is not {tag}");
    }
}

#[test]
fn no_pod_has_a_right_that_it_does_not_need() {
    for (name, pod) in pods() {
        let spec = &pod["spec"];
        assert_eq!(spec["automountServiceAccountToken"], false, "{name}");
        assert_eq!(spec["enableServiceLinks"], false, "{name}");
        assert_eq!(spec["securityContext"]["runAsNonRoot"], true, "{name}");
        assert_eq!(
            spec["securityContext"]["seccompProfile"]["type"], "RuntimeDefault",
            "{name}"
        );
        let expected = json!({
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": { "drop": ["ALL"] },
        });
        assert_eq!(container(&pod)["securityContext"], expected, "{name}");
        assert!(
            container(&pod)["resources"]["limits"]["memory"].is_string(),
            "{name}"
        );
    }
}

#[test]
fn secrets_are_files_and_the_owners_login_is_the_migrations_alone() {
    for (name, pod) in pods() {
        let owner = name != "hemera-api";
        let secret = &pod["spec"]["volumes"][0]["secret"]["secretName"];
        assert_eq!(
            *secret,
            if owner { "hemera-owner" } else { "hemera-api" },
            "{name}"
        );
        let mount = &container(&pod)["volumeMounts"][0];
        assert_eq!(mount["readOnly"], true, "{name}");
        for variable in container(&pod)["env"].as_array().unwrap() {
            let file = variable["value"].as_str().unwrap();
            assert!(
                file.starts_with(mount["mountPath"].as_str().unwrap()),
                "{name}: {file}"
            );
            let is_owners = variable["name"] == "HEMERA_DATABASE__ADMIN_URL_FILE";
            assert_eq!(is_owners, owner, "{name}");
        }
    }
}

#[test]
fn probes_and_ports_are_the_servers_own() {
    let pods = pods();
    let pod = &pods["hemera-api"];
    let config = process("hemera-api", pod).server();
    let ports: BTreeMap<&str, u64> = container(pod)["ports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|port| {
            (
                port["name"].as_str().unwrap(),
                port["containerPort"].as_u64().unwrap(),
            )
        })
        .collect();
    let listening = [config.http.listen, config.metrics.listen.unwrap()];
    assert_eq!(
        ports,
        [("http", listening[0]), ("metrics", listening[1])]
            .map(|(name, address)| (name, u64::from(address.port())))
            .into()
    );
    for (probe, route) in [
        ("startupProbe", PublicRoute::Live),
        ("livenessProbe", PublicRoute::Live),
        ("readinessProbe", PublicRoute::Ready),
    ] {
        let expected = json!({ "path": route.path(), "port": "http" });
        assert_eq!(container(pod)[probe]["httpGet"], expected, "{probe}");
    }
    let named: BTreeSet<_> = object("NetworkPolicy", "hemera-api")["spec"]["ingress"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["ports"][0]["port"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(named, ports.keys().map(|name| (*name).to_owned()).collect());
    let service = object("Service", "hemera-api");
    assert_eq!(service["spec"]["ports"][0]["targetPort"], "http");
}

#[test]
fn a_roll_out_ends_no_request_and_shares_the_limits() {
    let pods = pods();
    let pod = &pods["hemera-api"];
    let config = process("hemera-api", pod).server();
    let seconds = |value: &Value| Duration::from_secs(value.as_u64().unwrap());
    let pause = seconds(&container(pod)["lifecycle"]["preStop"]["sleep"]["seconds"]);
    let grace = seconds(&pod["spec"]["terminationGracePeriodSeconds"]);
    assert!(grace >= pause + config.http.drain_timeout + AUDIT_QUEUES);
    let readiness = &container(pod)["readinessProbe"];
    assert!(pause >= seconds(&readiness["periodSeconds"]) * 2);

    let deployment = object("Deployment", "hemera-api");
    let spec = &deployment["spec"];
    let replicas = spec["replicas"].as_u64().unwrap();
    let rolling = &spec["strategy"]["rollingUpdate"];
    assert_eq!(rolling["maxUnavailable"], 0);
    let most = replicas + rolling["maxSurge"].as_u64().unwrap();
    assert_eq!(u64::from(config.limits.replicas.get()), most);
    let budget = object("PodDisruptionBudget", "hemera-api");
    assert!(budget["spec"]["minAvailable"].as_u64().unwrap() < replicas);
}

#[test]
fn selectors_find_their_pods() {
    let labels = |pod: &Value| pod["metadata"]["labels"].clone();
    let pods = pods();
    let server = labels(&pods["hemera-api"]);
    for (kind, pointer) in [
        ("Deployment", "/spec/selector/matchLabels"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("Service", "/spec/selector"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
    ] {
        let object = object(kind, "hemera-api");
        assert_eq!(object.pointer(pointer), Some(&server), "{kind}");
    }
    let policy = object("NetworkPolicy", "hemera-migrate");
    for job in ["hemera-migrate", "hemera-partitions"] {
        let selector = policy.pointer("/spec/podSelector/matchLabels");
        assert_eq!(selector, Some(&labels(&pods[job])), "{job}");
    }
}
