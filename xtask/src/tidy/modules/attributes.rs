//! What attributes say about code: whether it is compiled for tests only.

use syn::punctuated::Punctuated;
use syn::{Attribute, ImplItem, Item, Meta, Token};

/// Whether one of them is a `cfg` that only a test build meets.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .filter_map(|attribute| attribute.parse_args::<Meta>().ok())
        .any(|condition| needs_test(&condition))
}

fn needs_test(condition: &Meta) -> bool {
    if let Meta::List(list) = condition {
        let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
        let parts = list.parse_args_with(parser).unwrap_or_default();
        if list.path.is_ident("all") {
            return parts.iter().any(needs_test);
        }
        if list.path.is_ident("any") {
            return !parts.is_empty() && parts.iter().all(needs_test);
        }
    }
    condition.path().is_ident("test") && matches!(condition, Meta::Path(_))
}

/// The attributes of an item of any kind.
pub(super) fn of_item(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The attributes of what stands in an `impl`.
pub(super) fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_conditions_that_need_a_test_build_count() {
        let finds = |text: &str| {
            let item: Item = syn::parse_str(&format!("{text} fn f() {{}}")).unwrap();
            is_for_tests(of_item(&item))
        };
        for text in [
            "#[cfg(test)]",
            "#[cfg(all(unix, test))]",
            "#[cfg(any(all(test, unix), test))]",
        ] {
            assert!(finds(text), "{text}");
        }
        for text in [
            "",
            "#[cfg(unix)]",
            "#[cfg(not(test))]",
            "#[cfg(any(test, feature = \"test-util\"))]",
            "#[test]",
        ] {
            assert!(!finds(text), "{text}");
        }
    }
}
