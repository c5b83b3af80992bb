//! Who may do what at Hemera: roles, permissions and the one table between them.
