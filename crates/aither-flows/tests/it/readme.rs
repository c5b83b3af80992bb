//! The program in the README is the one in `examples`.

#[test]
fn readme_shows_the_example() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../../examples/first_flows.rs");
    let (_, program) = example.split_once("\n\n").unwrap();
    let (_, shown) = readme.split_once("```rust,no_run\n").unwrap();
    let (shown, _) = shown.split_once("```\n").unwrap();
    assert_eq!(shown, program, "copy examples/first_flows.rs into README.md");
}
