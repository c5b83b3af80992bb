//! How a setting is declared: once, with its name, type, default and meaning.
//!
//! Each section's file declares its settings with [`settings!`]. From these declarations come the parsing, the list of
//! `hemera-api config list`, `config check`, `.env.example` and the table in `docs/settings.md`.

use std::borrow::Cow;

use super::value::{Ordered, Value};

/// The first part of the server's own environment variables.
pub(super) const PREFIX: &str = "HEMERA_";

/// One setting whose value is a `T`.
#[derive(Debug)]
pub(super) struct Setting<T> {
    declaration: Declaration,
    bounds: Option<Bounds<T>>,
}

/// What is known of a setting of any type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Declaration {
    /// Where the setting is in `hemera.toml`, for example `http.listen`; in a table, the name of the field.
    pub(super) path: &'static str,
    /// The environment variable, where it does not follow from the path.
    pub(super) variable: Option<&'static str>,
    /// What holds where no layer sets it.
    pub(super) unset: Unset,
    /// A value to show where there is no default.
    pub(super) example: &'static str,
    /// Whether the value must never be shown. Such a setting can also be given as a file: `…_FILE`.
    pub(super) secret: bool,
    /// What the setting does, in lines.
    pub(super) meaning: &'static [&'static str],
}

/// What holds where no layer sets a setting.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unset {
    /// This text is used.
    Default(&'static str),
    /// That is a fault; the text is the remedy.
    Missing(&'static str),
    /// The setting has no value; its meaning says what follows.
    Nothing,
}

#[derive(Clone, Copy, Debug)]
struct Bounds<T> {
    least: T,
    most: T,
    hold: fn(&Self, &T) -> bool,
    shown: fn(&Self) -> String,
}

impl<T: Ordered> Bounds<T> {
    fn hold(&self, value: &T) -> bool {
        (self.least..=self.most).contains(value)
    }

    fn shown(&self) -> String {
        format!("from {} to {}", self.least.shown(), self.most.shown())
    }
}

impl<T> Setting<T> {
    /// A setting that may be left out, at a path of `hemera.toml`.
    pub(super) const fn at(path: &'static str) -> Self {
        Self {
            declaration: Declaration {
                path,
                variable: None,
                unset: Unset::Nothing,
                example: "",
                secret: false,
                meaning: &[],
            },
            bounds: None,
        }
    }

    /// The environment variable, where it is a common name that does not follow from the path.
    pub(super) const fn variable(mut self, name: &'static str) -> Self {
        self.declaration.variable = Some(name);
        self
    }

    /// The text that is used where no layer sets it.
    pub(super) const fn or(mut self, default: &'static str) -> Self {
        self.declaration.unset = Unset::Default(default);
        self
    }

    /// There has to be a value; the remedy says how to come by one.
    pub(super) const fn required(mut self, remedy: &'static str) -> Self {
        self.declaration.unset = Unset::Missing(remedy);
        self
    }

    /// The value must never be shown, and can also be given as a file.
    pub(super) const fn secret(mut self) -> Self {
        self.declaration.secret = true;
        self
    }

    /// A value to show where there is no default.
    pub(super) const fn example(mut self, example: &'static str) -> Self {
        self.declaration.example = example;
        self
    }

    /// What the setting does: [`settings!`] passes its doc comment.
    pub(super) const fn meaning(mut self, meaning: &'static [&'static str]) -> Self {
        self.declaration.meaning = meaning;
        self
    }
}

impl<T: Ordered> Setting<T> {
    /// The least and the greatest value.
    pub(super) const fn within(mut self, least: T, most: T) -> Self {
        self.bounds = Some(Bounds {
            least,
            most,
            hold: Bounds::hold,
            shown: Bounds::shown,
        });
        self
    }
}

impl<T: Value> Setting<T> {
    /// The value that holds where no layer sets it, if there is one.
    pub(super) fn default_value(&self) -> Option<T> {
        match self.declaration.unset {
            Unset::Default(text) => T::parse(text).ok(),
            Unset::Missing(_) | Unset::Nothing => None,
        }
    }

    /// The value of a text, or what would be right instead.
    pub(super) fn parse(&self, text: &str) -> Result<T, Cow<'static, str>> {
        let value = T::parse(text)?;
        match &self.bounds {
            Some(bounds) if !(bounds.hold)(bounds, &value) => {
                Err(format!("must be {}", (bounds.shown)(bounds)).into())
            }
            _ => Ok(value),
        }
    }
}

/// A setting of any type.
pub(super) trait Declared: Sync {
    /// What is known of it.
    fn declaration(&self) -> &Declaration;

    /// What its text has to be, in a few words.
    fn kind(&self) -> String;
}

impl<T: Value + Sync> Declared for Setting<T> {
    fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    fn kind(&self) -> String {
        match &self.bounds {
            Some(bounds) => format!("{} {}", T::KIND, (bounds.shown)(bounds)),
            None => T::KIND.to_owned(),
        }
    }
}

impl Declaration {
    /// The environment variable, for example `HEMERA_HTTP__LISTEN`.
    pub(super) fn env(&self) -> Cow<'static, str> {
        self.variable
            .map_or_else(|| Cow::Owned(env_of_path(self.path)), Cow::Borrowed)
    }

    /// The path of the variant that names a file.
    pub(super) fn file_path(&self) -> String {
        format!("{}_file", self.path)
    }

    /// The environment variable of the variant that names a file.
    pub(super) fn file_env(&self) -> String {
        format!("{}_FILE", self.env())
    }
}

/// The environment variable that follows from a path.
pub(super) fn env_of_path(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_uppercase())
}

/// Declares settings, each with its meaning as a doc comment, and the list of them.
macro_rules! settings {
    ($list:ident: $($(#[doc = $line:literal])+ $name:ident: $kind:ty = $setting:expr;)+) => {
        $(
            $(#[doc = $line])+
            pub(super) static $name: $crate::config::setting::Setting<$kind> = $setting.meaning(&[$($line),+]);
        )+

        /// The settings above, in their order.
        pub(super) static $list: &[&dyn $crate::config::setting::Declared] = &[$(&$name),+];
    };
}
pub(super) use settings;
