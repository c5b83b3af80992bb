//! What Hemera answered before, so that it need not be sent again while it is still so.
//!
//! An answer to a read is kept as the bytes that it was read from, under its entity tag. The next request
//! for the same names the tag; a 304 says that the bytes still hold. Nothing is ever taken from here without
//! asking Hemera, so a permission that was withdrawn or a value that changed counts at once.

mod subject;

use std::fmt;

use bytes::Bytes;
use hemera_types::{ETag, Operation};
use http::header::{CACHE_CONTROL, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use lru::LruCache;
use parking_lot::Mutex;
use url::Url;

use crate::call::Call;
use crate::send::Answer;
use crate::token::Token;
use subject::Subject;

/// How much a client remembers of what Hemera answered, to be told "unchanged" instead of all of it again.
///
/// What is remembered is as personal as the answers are: names of participants, results. It is kept in this
/// process's memory alone, and what has not been asked for longest goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    answers: usize,
    bytes: usize,
}

impl Memory {
    /// At most this many answers, of at most this many bytes together. An answer larger than that by itself is
    /// not remembered.
    pub const fn new(answers: usize, bytes: usize) -> Self {
        Self { answers, bytes }
    }

    /// The most answers.
    pub const fn answers(self) -> usize {
        self.answers
    }

    /// The most bytes of all answers together, as they were before compression.
    pub const fn bytes(self) -> usize {
        self.bytes
    }
}

/// 256 answers of 16 MiB together: a page of 100 courses is some 30 kB, a course's materials seldom more than
/// some hundred.
impl Default for Memory {
    fn default() -> Self {
        Self::new(256, 16 * 1024 * 1024)
    }
}

/// What an answer is remembered under: the address with its query, and on whose behalf it was given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    url: Url,
    subject: Subject,
}

/// An answer that was remembered.
#[derive(Clone)]
pub(crate) struct Known {
    tag: ETag,
    header: HeaderValue,
    body: Bytes,
}

/// The answers of a client and all its clones.
pub(crate) struct Answers {
    bounds: Memory,
    kept: Mutex<Kept>,
}

struct Kept {
    answers: LruCache<Key, Known>,
    bytes: usize,
}

impl Known {
    /// What to send as `If-None-Match`.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// The whole answer, where `unchanged`, a 304, is about it: it names no tag, or this one.
    pub(crate) fn confirmed_by(self, unchanged: &Answer) -> Option<Answer> {
        let told = unchanged.headers.get(ETAG);
        let is_ours = told.is_none_or(|told| tag(told).is_some_and(|told| told.matches_weakly(&self.tag)));
        is_ours.then(|| Answer {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(ETAG, self.header)]),
            body: self.body,
        })
    }
}

impl Answers {
    pub(crate) fn new(bounds: Memory) -> Self {
        let kept = Kept {
            answers: LruCache::unbounded(),
            bytes: 0,
        };
        Self {
            bounds,
            kept: Mutex::new(kept),
        }
    }

    /// What the answer to `call` with this token is remembered under; none for what is not remembered at all:
    /// writes, and the usage, which every request changes.
    pub(crate) fn key(call: &Call, token: &Token) -> Option<Key> {
        let remembered = match call.operation {
            Operation::ListCourses
            | Operation::GetCourse
            | Operation::GetCourseMaterials
            | Operation::GetParticipation => true,
            Operation::UpdateParticipationResult | Operation::GetUsage => false,
        };
        remembered.then(|| Key {
            url: call.url.clone(),
            subject: Subject::of(token),
        })
    }

    pub(crate) fn recall(&self, key: &Key) -> Option<Known> {
        self.kept.lock().answers.get(key).cloned()
    }

    /// Remembers an answer that was read without a fault, where it has a tag to ask with.
    pub(crate) fn remember(&self, key: Key, answer: &Answer) {
        let mut kept = self.kept.lock();
        kept.forget(&key);
        let Some(known) = worth_knowing(answer) else {
            return;
        };
        // What it takes up, give or take the tables around it.
        let size = size(&key, &known);
        if size > self.bounds.bytes || self.bounds.answers == 0 {
            return;
        }
        while kept.bytes + size > self.bounds.bytes || kept.answers.len() >= self.bounds.answers {
            kept.forget_oldest();
        }
        kept.bytes += size;
        kept.answers.put(key, known);
    }

    /// Forgets one answer: it is not to be had any more, or it was not what it should be.
    pub(crate) fn forget(&self, key: &Key) {
        self.kept.lock().forget(key);
    }

    /// Forgets what anybody was told at this address: it has been written.
    pub(crate) fn forget_at(&self, url: &Url) {
        let mut kept = self.kept.lock();
        let of_it = |key: &Key| (key.url == *url).then(|| key.clone());
        let keys: Vec<Key> = kept.answers.iter().filter_map(|(key, _)| of_it(key)).collect();
        for key in keys {
            kept.forget(&key);
        }
    }
}

impl Kept {
    fn forget(&mut self, key: &Key) {
        if let Some(known) = self.answers.pop(key) {
            self.bytes -= size(key, &known);
        }
    }

    fn forget_oldest(&mut self) {
        match self.answers.pop_lru() {
            Some((key, known)) => self.bytes -= size(&key, &known),
            None => self.bytes = 0,
        }
    }
}

fn size(key: &Key, known: &Known) -> usize {
    key.url.as_str().len() + known.header.len() + known.body.len()
}

fn worth_knowing(answer: &Answer) -> Option<Known> {
    let no_store = answer.headers.get_all(CACHE_CONTROL).iter().any(|value| {
        value
            .as_bytes()
            .windows(8)
            .any(|word| word.eq_ignore_ascii_case(b"no-store"))
    });
    let header = answer.headers.get(ETAG)?;
    let tag = tag(header).filter(|_| answer.status == StatusCode::OK && !no_store)?;
    Some(Known {
        tag,
        header: header.clone(),
        // A copy of just its size: a body that was read piece by piece may stand in a larger buffer.
        body: Bytes::copy_from_slice(&answer.body),
    })
}

fn tag(value: &HeaderValue) -> Option<ETag> {
    ETag::parse(value.to_str().ok()?).ok()
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.lock();
        f.debug_struct("Answers")
            .field("answers", &kept.answers.len())
            .field("bytes", &kept.bytes)
            .field("bounds", &self.bounds)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn key(path: &str) -> Key {
        let token = Token::service_key(&SecretString::from("hk_1")).unwrap();
        let url = format!("https://hemera.example/api/service/{path}")
            .parse()
            .unwrap();
        let call = Call::read(Operation::GetCourse, url);
        Answers::key(&call, &token).unwrap()
    }

    fn answer(bytes: usize) -> Answer {
        Answer {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(ETAG, HeaderValue::from_static("\"1\""))]),
            body: Bytes::from(vec![b' '; bytes]),
        }
    }

    #[test]
    fn what_was_asked_for_last_stays() {
        let answers = Answers::new(Memory::new(2, 10_000));
        let [a, b, c] = ["a", "b", "c"].map(key);
        answers.remember(a.clone(), &answer(10));
        answers.remember(b.clone(), &answer(10));
        answers.recall(&a);
        answers.remember(c.clone(), &answer(10));
        assert!(answers.recall(&a).is_some() && answers.recall(&c).is_some());
        assert!(answers.recall(&b).is_none());
    }

    #[test]
    fn bytes_are_bounded_and_counted_back() {
        let answers = Answers::new(Memory::new(100, 1_000));
        for round in 0..50 {
            answers.remember(key(&format!("{}", round % 7)), &answer(100 + round * 7));
            let kept = answers.kept.lock();
            let really: usize = kept.answers.iter().map(|(key, known)| size(key, known)).sum();
            assert_eq!(kept.bytes, really);
            assert!(kept.bytes <= 1_000 && !kept.answers.is_empty());
        }
        // Too large by itself, and in the place of one that was kept: neither stays.
        answers.remember(key("1"), &answer(1_000));
        assert!(answers.recall(&key("1")).is_none());
        for path in 0..7 {
            answers.forget_at(&key(&path.to_string()).url);
        }
        assert_eq!(answers.kept.lock().bytes, 0);
    }

    #[test]
    fn what_may_not_be_kept_or_has_no_tag_is_not() {
        let answers = Answers::new(Memory::default());
        let mut secret = answer(1);
        secret
            .headers
            .insert(CACHE_CONTROL, HeaderValue::from_static("private, No-Store"));
        let mut untagged = answer(1);
        untagged.headers.clear();
        let mut partial = answer(1);
        partial.status = StatusCode::PARTIAL_CONTENT;
        for answer in [secret, untagged, partial] {
            answers.remember(key("a"), &answer);
            assert!(answers.recall(&key("a")).is_none());
        }
    }
}
