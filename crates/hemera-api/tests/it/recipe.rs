//! The recipe for a new operation, in the documentation of the crate, names files and folders that are there.

use std::path::Path;

const DOCUMENTATION: &str = include_str!("../../src/lib.rs");

#[test]
fn recipe_names_existing_places() {
    let recipe = DOCUMENTATION.split("# To add an operation").nth(1).unwrap();
    let quoted = recipe.split('`').skip(1).step_by(2);
    let places: Vec<&str> = quoted
        .filter(|text| text.starts_with("crates/") || text.starts_with("docs/"))
        .collect();
    assert!(places.len() >= 12, "{places:?}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let missing: Vec<&str> = places
        .into_iter()
        .filter(|place| !root.join(place).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
