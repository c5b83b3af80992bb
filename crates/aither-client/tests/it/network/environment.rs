//! `HTTPS_PROXY` and its like, in processes of their own: the environment of this one belongs to all tests.

use std::process::{Output, Stdio};

use tokio::process::Command;

use super::{CREDENTIALS, Company};

/// Lists courses with these settings and a service key, and with these variables.
async fn list(company: &Company, more: &[(&'static str, &str)], variables: &[(&str, &str)]) -> Output {
    // This test is target/<profile>/deps/it-…; cargo builds examples together with tests.
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let settings = company.settings(&[&[("AITHER_AUTH", "service-key")], more].concat());
    Command::new(profile.join("examples/list_courses"))
        .env_clear()
        .envs(settings)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

#[track_caller]
fn succeeded(output: &Output) -> bool {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), text.is_empty(), "{text}");
    output.status.success()
}

/// Without a setting of the client's own, the environment says which proxy.
#[tokio::test]
async fn without_a_setting_the_environment_says_which_proxy() {
    let company = Company::new().await;
    let url = company.proxy.url(CREDENTIALS);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let before = company.proxy.heads().len();
        let output = list(&company, &[("AITHER_PROXY_URL", "")], &[(name, &url)]).await;
        assert!(succeeded(&output), "{name}");
        assert_eq!(company.proxy.heads().len(), before + 1, "{name}");
    }
}

#[tokio::test]
async fn setting_comes_before_the_environment() {
    let company = Company::new().await;
    let elsewhere = [
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:9"),
    ];
    assert!(succeeded(&list(&company, &[], &elsewhere).await));
    let url = company.proxy.url(CREDENTIALS);
    let output = list(
        &company,
        &[("AITHER_PROXY_URL", "none")],
        &[("HTTPS_PROXY", &url)],
    )
    .await;
    assert!(!succeeded(&output), "no resolver knows the name");
    assert_eq!(company.proxy.heads().len(), 1);
}

/// A company's own hosts need no proxy, wherever it is set.
#[tokio::test]
async fn hosts_of_no_proxy_are_reached_directly() {
    let company = Company::new().await;
    let url = company.proxy.url(CREDENTIALS);
    for (setting, variable) in [(&*url, "http://127.0.0.1:9"), ("", &*url)] {
        let variables = [("HTTPS_PROXY", variable), ("NO_PROXY", "example.com,.test")];
        let output = list(&company, &[("AITHER_PROXY_URL", setting)], &variables).await;
        assert!(!succeeded(&output), "no resolver knows the name");
    }
    assert!(company.proxy.heads().is_empty());
}

#[tokio::test]
async fn nothing_for_this_machine_goes_through_a_proxy_of_the_environment() {
    let company = Company::new().await;
    let url = company.proxy.url(CREDENTIALS);
    let local = [
        ("HEMERA_API_BASE_URL", company.hemera.origin()),
        ("AITHER_PROXY_URL", ""),
    ];
    let variables = [("HTTP_PROXY", &*url), ("http_proxy", &*url), ("ALL_PROXY", &*url)];
    assert!(succeeded(&list(&company, &local, &variables).await));
    assert!(company.proxy.heads().is_empty());
}
