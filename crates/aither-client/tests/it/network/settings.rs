//! Faults of the settings for proxy and certificates.

use aither_client::HemeraClientBuilder;
use aither_client::doctor::{Doctor, Verdict};

use super::{Company, lookup};

/// Every fault names its setting and what to do, and has nothing of the value.
#[tokio::test]
async fn faults_name_the_setting_and_what_to_do() {
    let company = Company::new().await;
    for (file, content) in [
        ("text.pem", "no certificate"),
        ("proxy-url", "http://u:pw-in-file@proxy.test/path"),
    ] {
        std::fs::write(company.path(file), content).unwrap();
    }
    let (missing, no_pem, proxy_file) = (
        company.path("missing"),
        company.path("text.pem"),
        company.path("proxy-url"),
    );
    let cases = [
        (
            "AITHER_CA_FILE",
            &*missing,
            "names a file that cannot be read (entity not found); correct the path",
        ),
        (
            "AITHER_CA_FILE",
            &no_pem,
            "names a file that is not PEM: it must have lines",
        ),
        (
            "AITHER_PROXY_URL",
            "proxy.test",
            "is not an absolute URL; write it like http://proxy.example:3128",
        ),
        (
            "AITHER_PROXY_URL",
            "socks5://u:pw-in-url@proxy.test",
            "must start with http:// or https://",
        ),
        ("AITHER_PROXY_URL_FILE", &proxy_file, "must not contain a path"),
    ];
    for (name, value, fault) in cases {
        let mut settings = company.settings(&[(name, value)]);
        if name.ends_with("URL_FILE") {
            settings.retain(|(known, _)| *known != "AITHER_PROXY_URL");
        }
        let error = HemeraClientBuilder::load_with(lookup(settings.clone())).unwrap_err();
        let faults: Vec<String> = error.faults().iter().map(ToString::to_string).collect();
        let name = name
            .strip_suffix("URL_FILE")
            .map_or(name.to_owned(), |start| format!("{start}URL"));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(&format!("{name}: {fault}")), "{faults:?}");
        for part in ["pw-in", "proxy.test", &missing, &no_pem] {
            assert!(!faults[0].contains(part), "{part} in {faults:?}");
        }
        // Nothing goes another way than the settings say.
        let report = Doctor::load_with(lookup(settings)).examine().await;
        assert_eq!(report.check("settings").unwrap().verdict, Verdict::Failed);
        assert_eq!(report.check("hemera").unwrap().verdict, Verdict::Skipped);
        assert!(report.check("clerk").is_none(), "{report}");
    }
    assert_eq!((company.proxy.heads().len(), company.clerk.requests()), (0, 0));
}

#[tokio::test]
async fn address_of_the_proxy_may_be_in_a_file() {
    let company = Company::new().await;
    let path = company.path("proxy-url");
    std::fs::write(&path, format!("{}\n", company.proxy.url(super::CREDENTIALS))).unwrap();
    let client = company.client(&[("AITHER_PROXY_URL", ""), ("AITHER_PROXY_URL_FILE", &path)]);
    crate::support::list(&client).await.unwrap();
}
