//! Every schema of the document.

use super::envelope::{FAILURE, failure};
use super::operations::{shape, with_parts};
use super::{Component, names, scalars};
use crate::{FieldErrors, Meta, Named as _, Operation, Pagination};

/// Every schema that operations, and other schemas, refer to. One that several of them use may be there more than once.
pub fn schemas() -> Vec<Component> {
    let of_operations = Operation::ALL
        .iter()
        .flat_map(|&operation| shape(operation).into_components());
    let shared = [
        with_parts::<FieldErrors>(),
        with_parts::<Pagination>(),
        with_parts::<Meta>(),
        vec![(FAILURE.to_owned(), failure().into())],
        names::schemas(),
        scalars::schemas(),
    ];
    of_operations.chain(shared.into_iter().flatten()).collect()
}
