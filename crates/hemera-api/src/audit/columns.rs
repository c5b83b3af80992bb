//! Records and their personal data by column, as the statement that stores them takes them.

use time::OffsetDateTime;
use uuid::Uuid;

use super::commitment::Commitment;
use super::record::Record;

/// The records by column, as `unnest` takes them.
pub(super) struct Columns<'a> {
    pub(super) at: Vec<OffsetDateTime>,
    pub(super) id: Vec<Uuid>,
    pub(super) request_id: Vec<Option<&'a str>>,
    pub(super) subject: Vec<Option<&'a str>>,
    pub(super) role: Vec<Option<&'a str>>,
    pub(super) proof: Vec<Option<&'a str>>,
    pub(super) key_name: Vec<Option<&'a str>>,
    pub(super) operation: Vec<Option<&'a str>>,
    pub(super) resource_id: Vec<Option<&'a str>>,
    pub(super) outcome: Vec<&'a str>,
    pub(super) code: Vec<Option<&'a str>>,
    pub(super) status: Vec<i16>,
    pub(super) reason: Vec<Option<&'a str>>,
    pub(super) trace_id: Vec<Option<&'a str>>,
    pub(super) duration_us: Vec<Option<i64>>,
    pub(super) occurrences: Vec<i64>,
    pub(super) token_id: Vec<Option<&'a str>>,
    pub(super) session_id: Vec<Option<&'a str>>,
    pub(super) permissions: Vec<Option<String>>,
    pub(super) permissions_granted: Vec<Option<bool>>,
    pub(super) items: Vec<Option<i32>>,
    pub(super) security_events: Vec<Option<String>>,
    pub(super) item: Vec<Option<i16>>,
}

impl<'a> Columns<'a> {
    pub(super) fn of(records: &'a [Record]) -> Self {
        fn each<'a, T>(records: &'a [Record], value: impl Fn(&'a Record) -> T) -> Vec<T> {
            records.iter().map(value).collect()
        }
        Self {
            at: each(records, |record| record.at),
            id: each(records, |record| record.id),
            request_id: each(records, |record| record.request_id.as_deref()),
            subject: each(records, |record| record.subject.as_deref()),
            role: each(records, |record| record.role),
            proof: each(records, |record| record.proof),
            key_name: each(records, |record| record.key_name.as_deref()),
            operation: each(records, |record| record.operation),
            resource_id: each(records, |record| record.resource_id.as_deref()),
            outcome: each(records, |record| record.outcome.name()),
            code: each(records, |record| record.code),
            status: each(records, Record::status),
            reason: each(records, |record| record.reason),
            trace_id: each(records, |record| record.trace_id.as_deref()),
            duration_us: each(records, Record::duration_us),
            occurrences: each(records, |record| i64::from(record.occurrences)),
            token_id: each(records, |record| record.credential.token.as_deref()),
            session_id: each(records, |record| record.credential.session.as_deref()),
            permissions: each(records, |record| array_literal(record.permissions())),
            permissions_granted: each(records, |record| record.permissions_granted),
            items: each(records, Record::items),
            security_events: each(records, |record| {
                array_literal(record.security_events.iter().copied())
            }),
            item: each(records, |record| record.item),
        }
    }
}

/// One kind of personal data of each record.
pub(super) struct Personal {
    pub(super) values: Vec<Option<String>>,
    pub(super) hashes: Vec<Option<Vec<u8>>>,
    pub(super) salts: Vec<Option<Vec<u8>>>,
}

/// What the database gets of a record, and what is committed to.
pub(super) type Values = fn(&Record) -> (Option<String>, Commitment);

impl Personal {
    pub(super) const PERSONS: Values = |record| {
        let persons = || record.persons.iter().map(String::as_str);
        (array_literal(persons()), Commitment::to(persons()))
    };
    pub(super) const ADDRESS: Values = |record| {
        let address = record.client_address.map(|address| address.to_string());
        let commitment = Commitment::to(address.as_deref());
        (address, commitment)
    };
    pub(super) const USER_AGENT: Values = |record| {
        (
            record.user_agent.clone(),
            Commitment::to(record.user_agent.as_deref()),
        )
    };

    pub(super) fn of(records: &[Record], values: Values) -> Self {
        let mut all = Self {
            values: Vec::with_capacity(records.len()),
            hashes: Vec::with_capacity(records.len()),
            salts: Vec::with_capacity(records.len()),
        };
        for (value, commitment) in records.iter().map(values) {
            all.values.push(value);
            all.hashes.push(commitment.hash);
            all.salts.push(commitment.salt);
        }
        all
    }
}

/// Texts as the literal of a `text[]`, because `unnest` takes no arrays of arrays; `None` where there are none.
fn array_literal<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut literal = String::from("{");
    for text in texts {
        if literal.len() > 1 {
            literal.push(',');
        }
        literal.push('"');
        for character in text.chars() {
            if matches!(character, '"' | '\\') {
                literal.push('\\');
            }
            literal.push(character);
        }
        literal.push('"');
    }
    literal.push('}');
    (literal.len() > 2).then_some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_of_an_array_escapes_what_ends_a_text() {
        assert_eq!(array_literal([]), None);
        assert_eq!(
            array_literal(["a,b", "c\"d", "e\\f", "{}", "null", ""]).unwrap(),
            r#"{"a,b","c\"d","e\\f","{}","null",""}"#
        );
    }
}
