//! What a developer reads first.

use hemera_types::{Group, Named as _, Operation};
use utoipa::openapi::{Contact, Info, License, Server, Tag};

/// The public routes.
pub(super) const SERVER: Group = Group {
    name: "Server",
    description: "The server itself: public, without a credential and outside every limit.",
};

const DESCRIPTION: &str = "\
Courses, participations and their results, for machines.

**Envelope.** A success carries `data`; lists carry `pagination`, and the result update a `message`. An error carries \
`error.code` for programs, `error.message` for people, and `error.details` where you can act on it. `meta.requestId` \
connects an answer with the server's log: quote it to Hemera's operators. Ignore fields that you do not know, and keep names that you \
do not know as text: both may appear without a new version. In a body that you send, and in the query of an \
operation that has parameters, an unknown name is refused.

**Credential.** Send one: a bearer token of Clerk, or a service key where operators have enabled one. Sending \
both, or one twice, gives 401. Only the roles `api-client` and `admin` may use `/api/service/`; `x-permissions` says what an \
operation needs, and which roles have it.

**Order of checks.** Route and method, address, overload, credential, rate limit, permission, then media type, path, query and \
body, then the resource. Without a valid credential you learn nothing about ids or bodies.

**Rate limit.** Counted for each role and subject: `api-client` 100 requests a minute with a burst of 20, `admin` 200 with a \
burst of 40, unless operators have set others: the headers say what holds. After a 429 or a 503, wait as long as `Retry-After` \
says. Every operation may be repeated: sent twice, it does the same as sent once.

**Conditions.** Every 200 to a GET carries an `ETag`. Send it as `If-None-Match` to get 304 where nothing has changed, and \
a participation's as `If-Match` to write only if it has not changed since you read it.

**Compression.** The body of a 200 to a GET is compressed from 4096 bytes on, where `Accept-Encoding` takes `gzip` or `br`.

**Methods.** `HEAD` is answered wherever `GET` is, with the same status and headers. `OPTIONS` answers a CORS preflight from \
origins that operators have configured.";

pub(super) fn info() -> Info {
    Info::builder()
        .title("Hemera service API")
        .version(hemera_types::VERSION)
        .description(Some(DESCRIPTION))
        .contact(Some(Contact::builder().name(Some("Hemera's operators")).build()))
        .license(Some(
            License::builder()
                .name("MIT OR Apache-2.0")
                .identifier(Some("MIT OR Apache-2.0"))
                .build(),
        ))
        .build()
}

pub(super) fn server() -> Server {
    Server::builder()
        .url("/")
        .description(Some("The server that this document comes from"))
        .build()
}

/// The groups of operations, in the order of their rows, and that of the public routes.
pub(super) fn tags() -> Vec<Tag> {
    let of_operations = Operation::ALL.iter().map(|operation| operation.spec().group);
    let mut groups = Vec::new();
    for group in of_operations.chain([SERVER]) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let tag = |group: Group| {
        Tag::builder()
            .name(group.name)
            .description(Some(group.description))
            .build()
    };
    groups.into_iter().map(tag).collect()
}
