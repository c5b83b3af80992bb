//! The parameters of a query string, each at most once.

use std::collections::HashSet;

use crate::FieldErrors;

/// The query of an operation, which reads itself as strictly as the contract says.
pub trait RequestQuery: Sized {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// All faults: values outside their limits, unknown parameters, parameters given twice.
    fn parse(pairs: QueryPairs) -> Result<Self, FieldErrors>;
}

/// The decoded parameters of a query string, taken one by one.
///
/// Parameters that are not taken are unknown, and none may be given twice: [`QueryPairs::finish`] names both faults.
#[derive(Clone, Debug)]
pub struct QueryPairs {
    pairs: Vec<(String, String)>,
    faults: FieldErrors,
}

impl QueryPairs {
    /// The parameters in the order in which they were sent, percent-decoded.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            pairs: pairs.into_iter().collect(),
            faults: FieldErrors::default(),
        }
    }

    /// Takes the parameter `name` and reads it; [`QueryPairs::finish`] reports a fault of its value.
    pub fn take<T, E: ToString>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let first = self.pairs.iter().position(|(given, _)| given == name)?;
        let (_, text) = self.pairs.remove(first);
        let before = self.pairs.len();
        self.pairs.retain(|(given, _)| given != name);
        if self.pairs.len() < before {
            self.faults.push(name, "must be given once");
            return None;
        }
        match parse(&text) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.faults.push(name, fault.to_string());
                None
            }
        }
    }

    /// `value`, where every parameter was known, given once and within its limits.
    ///
    /// # Errors
    /// All faults of the query string.
    pub fn finish<T>(mut self, value: T) -> Result<T, FieldErrors> {
        let mut named = HashSet::new();
        for (name, _) in &self.pairs {
            if named.insert(name) {
                self.faults.push(name, "is not a parameter of this operation");
            }
        }
        self.faults.or(value)
    }
}
