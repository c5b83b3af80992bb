//! What stands in the way is named, with what to do: in errors of calls, in those of Clerk, and by the doctor.

use aither_client::Error;
use aither_client::doctor::{Doctor, Report};

use super::{CREDENTIALS, Company, lookup};
use crate::support::list;

/// What the settings are made to be, what the error says, and what to do.
type Case<'a> = (&'a [(&'static str, &'a str)], &'static str, &'static str);

const KEY: (&str, &str) = ("AITHER_AUTH", "service-key");

/// One call of one attempt.
async fn call(company: &Company, more: &[(&'static str, &str)]) -> Error {
    let client = company.builder(more).with_max_attempts(1).build().unwrap();
    list(&client).await.unwrap_err()
}

async fn report(company: &Company, more: &[(&'static str, &str)]) -> Report {
    Doctor::load_with(lookup(company.settings(more)))
        .with_clock(company.clerk.clock.clone())
        .examine()
        .await
}

#[tokio::test]
async fn faults_of_proxy_and_certificate_are_named() {
    let company = Company::new().await;
    let wrong = company.proxy.url("aither:s3cr3t-0ld@");
    let without = company.proxy.url("");
    let cases: [Case<'_>; 5] = [
        (
            &[("AITHER_PROXY_URL", &wrong)],
            "the proxy wants other credentials",
            "AITHER_PROXY_URL",
        ),
        (
            &[("AITHER_PROXY_URL", &without)],
            "the proxy wants other credentials",
            "AITHER_PROXY_URL",
        ),
        (
            &[("AITHER_PROXY_URL", "http://127.0.0.1:9")],
            "the proxy cannot be reached",
            "check the address of the proxy",
        ),
        (
            &[("AITHER_CA_FILE", "")],
            "the certificate is from an authority that is not trusted",
            "AITHER_CA_FILE",
        ),
        (
            &[
                ("HEMERA_API_BASE_URL", "https://elsewhere.test"),
                ("CLERK_ISSUER", "https://elsewhere.test"),
            ],
            "the proxy does not let the connection through",
            "have the operators of the proxy allow CONNECT",
        ),
    ];
    for (settings, fault, remedy) in cases {
        let error = call(&company, &[settings, &[KEY]].concat()).await;
        assert!(error.is_connection(), "{error}");
        let text = format!("{error} {error:#?}");
        assert!(
            error
                .summary()
                .ends_with(&format!("Hemera cannot be reached, because {fault}")),
            "{error}"
        );
        assert!(error.advice().contains(remedy), "{error}");
        assert!(!text.contains("s3cr3t"), "{text}");
        // The same at Clerk.
        let report = report(&company, settings).await;
        for name in ["hemera", "clerk", "token"] {
            let check = report.check(name).unwrap();
            assert!(check.found.contains(fault), "{name}: {report}");
            assert!(
                check.remedy.as_ref().unwrap().contains(remedy),
                "{name}: {report}"
            );
        }
        assert!(!report.to_string().contains("s3cr3t"), "{report}");
    }
}

#[tokio::test]
async fn certificate_for_another_name_is_not_accepted() {
    let company = Company::new().await;
    let front = company
        .authority
        .front("other.test", company.hemera.origin())
        .await;
    let proxy = crate::support::ConnectProxy::start([("hemera.test:443", front.address())], None).await;
    let error = call(&company, &[("AITHER_PROXY_URL", &proxy.url("")), KEY]).await;
    assert!(
        error
            .summary()
            .contains("the certificate has expired or is for another name"),
        "{error}"
    );
    assert!(company.hemera.received().is_empty());
}

/// The proxy itself has a certificate, too.
#[tokio::test]
async fn proxy_that_is_called_with_https_is_authenticated() {
    let company = Company::new().await;
    let plain = company.proxy.url("");
    let front = company.authority.front("localhost", &plain).await;
    let url = format!("https://{CREDENTIALS}localhost:{}", front.address().port());
    let trusted = company.client(&[("AITHER_PROXY_URL", &url), KEY]);
    list(&trusted).await.unwrap();
    let other = company.authority.front("other.test", &plain).await;
    let url = format!("https://{CREDENTIALS}localhost:{}", other.address().port());
    let error = call(&company, &[("AITHER_PROXY_URL", &url), KEY]).await;
    assert!(
        error
            .summary()
            .contains("the certificate of the proxy is not accepted"),
        "{error}"
    );
    assert_eq!(
        company.proxy.heads().len(),
        1,
        "credentials go to the proxy alone"
    );
}

#[tokio::test]
async fn doctor_says_which_way_requests_take() {
    let company = Company::new().await;
    let report = report(&company, &[]).await;
    let found = &report.check("network").unwrap().found;
    let proxy = company.proxy.url("");
    assert_eq!(
        *found,
        format!("through the proxy {proxy}; one authority is trusted beside those of the system")
    );
    assert!(report.is_healthy(), "{report}");
}
