//! Faults of fields.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The fault of one field, parameter or header, in words that a caller can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The name of the field, as the caller wrote it.
    pub field: String,
    /// What it must be.
    pub message: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, message: impl fmt::Display) -> Self {
        Self {
            field: field.into(),
            message: message.to_string(),
        }
    }
}

/// The faults of one request, in the order in which they were found: the `details` of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldErrors {
    /// Each faulty field.
    pub fields: Vec<FieldError>,
}

impl FieldErrors {
    /// One fault.
    pub fn one(field: impl Into<String>, message: impl fmt::Display) -> Self {
        Self {
            fields: vec![FieldError::new(field, message)],
        }
    }

    /// Adds a fault.
    pub fn push(&mut self, field: impl Into<String>, message: impl fmt::Display) {
        self.fields.push(FieldError::new(field, message));
    }

    /// `value` where there are no faults, else the faults.
    ///
    /// # Errors
    /// The faults themselves.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.fields.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.fields.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{} {}", fault.field, fault.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
