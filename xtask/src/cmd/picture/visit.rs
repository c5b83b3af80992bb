//! A visit to the documentation page: an operation is found, tried, and its response read.

use anyhow::Result;

use crate::browser::{Browser, Window};

/// What a visitor does, as functions of the page.
pub(super) const SCRIPT: &str = include_str!("visitor.js");

/// The operation that is tried.
const OPERATION: &str = "/docs#tag/courses/GET/api/service/courses";

/// What the page is looked at with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Desktop,
    Phone,
}

impl Place {
    pub(super) const ALL: [Self; 2] = [Self::Desktop, Self::Phone];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
        }
    }

    fn window(self) -> Window {
        match self {
            Self::Desktop => Window {
                width: 1280,
                height: 900,
                scale: 1.0,
                phone: false,
            },
            Self::Phone => Window {
                width: 390,
                height: 844,
                scale: 1.5,
                phone: true,
            },
        }
    }
}

/// What was seen.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) picture: Vec<u8>,
    /// What is wrong with the page.
    pub(super) faults: Vec<String>,
}

/// Opens the page at an operation and tries that. The desktop's picture is of the operation, the phone's of the response.
pub(super) fn visit(browser: &mut Browser, place: Place, hemera: &str, token: &str) -> Result<Seen> {
    browser.open(&format!("{hemera}{OPERATION}"), place.window())?;
    browser.wait("visitor.seesOperation()")?;
    let operation = browser.picture()?;
    browser.wait("visitor.opensForm()")?;
    browser.wait("visitor.goesToToken()")?;
    let warnings = browser.ask("visitor.warnings()")?;
    browser.type_in(token)?;
    browser.wait("visitor.sends()")?;
    let response = browser.wait("visitor.seesResponse()")?;
    let picture = match place {
        Place::Desktop => operation,
        Place::Phone => browser.picture()?,
    };

    let mut faults = browser.errors();
    let warnings = warnings.as_array().map(Vec::as_slice).unwrap_or_default();
    faults.extend(
        warnings
            .iter()
            .map(|field| format!("the empty form warns of {field}")),
    );
    if response["status"] != "200 OK" {
        faults.push(format!("the response is {}", response["status"]));
    }
    if response["visible"] != true {
        faults.push("the response cannot be seen without scrolling".to_owned());
    }
    Ok(Seen { picture, faults })
}
