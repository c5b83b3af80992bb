//! What tokens and e-mail addresses look like: finds those that are not in the list of known secrets.

/// How many characters of a token's beginning give it away: `{"alg":` in base64 and a little more.
const TOKEN: usize = 12;

/// Whether there is a JWT or the beginning of one: base64 of JSON begins with `eyJ`.
pub(super) fn has_token(line: &str) -> bool {
    let in_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    line.match_indices("eyJ").any(|(start, _)| {
        line.as_bytes()[start..]
            .iter()
            .take_while(|byte| in_base64(**byte))
            .count()
            >= TOKEN
    })
}

/// Whether there is an e-mail address, as it is or as a URL writes it.
pub(super) fn has_address(line: &str) -> bool {
    ["@", "%40"].iter().any(|at| {
        line.match_indices(at)
            .any(|(start, _)| is_address(line, start, at.len()))
    })
}

fn is_address(line: &str, at: usize, width: usize) -> bool {
    let named = line[..at]
        .bytes()
        .next_back()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+'));
    let in_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let rest = &line[at + width..];
    let domain = &rest[..rest.find(|c| !in_domain(c)).unwrap_or(rest.len())];
    let top = domain.trim_end_matches('.').rsplit_once('.').map(|(_, top)| top);
    named && top.is_some_and(|top| top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()))
}
