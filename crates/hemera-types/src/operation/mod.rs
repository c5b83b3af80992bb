//! The operations: one row for each, from which server, client and documents take what they need to know.

mod spec;
mod table;

pub use self::spec::{Condition, Group, OperationSpec};
pub use self::table::Operation;

use http::Method;

use crate::Named as _;

/// What the paths of all operations begin with.
pub const SERVICE_API: &str = "/api/service/";

/// The message of a result update that succeeded.
pub const UPDATED_MESSAGE: &str = "Participation result updated successfully";

/// The message of a request with many result updates, whatever became of each.
pub const VERDICTS_MESSAGE: &str = "Participation results processed: see the verdict on each update";

impl Operation {
    /// The path of one request. `id` is the text of a checked id, which needs no escaping.
    pub fn path(self, id: Option<&str>) -> String {
        self.spec().path.replace("{id}", id.unwrap_or_default())
    }

    /// The methods that operations have, each once, in the order of the rows. Without `HEAD`, which is answered
    /// wherever `GET` is.
    pub fn methods() -> impl Iterator<Item = &'static Method> {
        let of_rows = || Self::ALL.iter().map(|operation| &operation.spec().method);
        let is_new = move |&(row, method): &(usize, _)| !of_rows().take(row).any(|earlier| earlier == method);
        of_rows().enumerate().filter(is_new).map(|(_, method)| method)
    }
}
