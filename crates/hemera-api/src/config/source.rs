//! How a setting is taken from the merged layers, and how its faults are noted.

use figment::Figment;
use figment::value::{Dict, Value as Merged};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::path::PathBuf;

use super::origin::{DEFAULT, ENVIRONMENT, ENVIRONMENT_FILE, FILE, name_in_file, plain_text};
use super::place::Place;
use super::report::{Fault, Faults};
use super::section::EntryTable;
use super::setting::{Declaration, Declared, Setting, Unset};
use super::value::Value;

/// The merged layers as they were at the start: secrets in files are read again with them.
#[derive(Clone)]
pub(crate) struct Layers(Figment);

impl Layers {
    /// Reads settings from the same layers again. Only files that the settings name are read anew.
    ///
    /// # Errors
    /// Every fault in one report.
    pub(super) fn load<T>(&self, read: impl FnOnce(&mut Source) -> Result<T, Invalid>) -> Result<T, Faults> {
        Source::new(self.0.clone(), Vec::new()).load(read)
    }
}

/// Without the values, secrets among them.
impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers").finish_non_exhaustive()
    }
}

/// The merged layers, and the faults found so far.
#[derive(Debug)]
pub(super) struct Source {
    figment: Figment,
    faults: Vec<Fault>,
}

/// That a setting has no valid value. It exists only where a fault has been noted, and carries that fault.
#[derive(Clone, Debug)]
pub(super) struct Invalid(Fault);

impl Source {
    /// The merged layers, with the faults that were found in merging them.
    pub(super) fn new(figment: Figment, faults: Vec<Fault>) -> Self {
        Self { figment, faults }
    }

    /// Reads settings.
    ///
    /// # Errors
    /// Every fault in one report.
    pub(super) fn load<T>(mut self, read: impl FnOnce(&mut Self) -> Result<T, Invalid>) -> Result<T, Faults> {
        let read = read(&mut self);
        match Faults::of(self.faults) {
            Some(faults) => Err(faults),
            None => read.map_err(|Invalid(fault)| fault.into()),
        }
    }

    /// The value of a setting that has a default or is required.
    pub(super) fn read<T: Value + Sync>(&mut self, setting: &Setting<T>) -> Result<T, Invalid> {
        self.read_at(setting, None)
    }

    /// The value of a setting that may be left out.
    pub(super) fn find<T: Value + Sync>(&mut self, setting: &Setting<T>) -> Result<Option<T>, Invalid> {
        self.find_at(setting, None)
    }

    /// Notes a fault of a setting that is set.
    pub(super) fn refuse(&mut self, setting: &dyn Declared, problem: impl Into<String>) -> Invalid {
        let name = self.name_in_use(&Place::of(setting.declaration(), None));
        self.note(name, problem)
    }

    /// Notes that a setting is missing, with the remedy.
    pub(super) fn missing(&mut self, setting: &dyn Declared, remedy: &str) -> Invalid {
        self.note(setting.declaration().env(), format!("is missing; {remedy}"))
    }

    /// Reads each entry of a table whose names are the operator's.
    pub(super) fn entries<T>(
        &mut self,
        table: &EntryTable,
        mut read: impl FnMut(&mut TableEntry<'_>) -> Result<T, Invalid>,
    ) -> Result<Vec<T>, Invalid> {
        // All are read before the first fault ends it.
        let entries: Vec<_> = self
            .table(table.path)
            .into_keys()
            .map(|name| {
                read(&mut TableEntry {
                    path: format!("{}.{name}", table.path),
                    name,
                    source: self,
                })
            })
            .collect();
        entries.into_iter().collect()
    }

    /// Notes faults of settings, by the names that [`name_of`](Self::name_of) gave.
    pub(super) fn refuse_all(&mut self, faults: Vec<(String, String)>) {
        let faults = faults
            .into_iter()
            .map(|(name, problem)| Fault::new(name, problem));
        self.faults.extend(faults);
    }

    /// The name under which a setting was given or would have to be; in a table, of the entry at this path.
    pub(super) fn name_of(&self, setting: &dyn Declared, entry: Option<&str>) -> String {
        self.name_in_use(&Place::of(setting.declaration(), entry))
    }

    /// Whether a layer sets it, by value or by file.
    pub(super) fn is_set(&self, declaration: &Declaration) -> bool {
        self.layer_of(declaration).is_some_and(|layer| layer != DEFAULT)
    }

    /// Which layer a setting comes from; `None` where none has it.
    pub(super) fn layer_of(&self, declaration: &Declaration) -> Option<&str> {
        let place = Place::of(declaration, None);
        let origin = self.figment.find_metadata(self.path_in_use(&place)?)?;
        Some(origin.name.as_ref())
    }

    /// The merged layers, to read secrets in files again.
    pub(super) fn layers(&self) -> Layers {
        Layers(self.figment.clone())
    }

    /// The file that a secret is read from, where it is given as one.
    pub(super) fn file_of(&self, setting: &dyn Declared) -> Option<PathBuf> {
        let value = self.figment.find_value(&setting.declaration().file_path()).ok()?;
        value.as_str().map(PathBuf::from)
    }

    /// The variable of a setting, and the layer that it comes from.
    pub(super) fn origin_of(&self, setting: &dyn Declared, entry: Option<&str>) -> (String, Option<String>) {
        let place = Place::of(setting.declaration(), entry);
        let origin = self
            .path_in_use(&place)
            .and_then(|path| self.figment.find_metadata(path));
        let layer = origin.map(|origin| origin.name.to_string());
        // Which entries there are is known only now, so no layer has the defaults of their fields.
        let is_default = layer.is_none() && matches!(setting.declaration().unset, Unset::Default(_));
        (
            place.env,
            if is_default {
                Some(DEFAULT.to_owned())
            } else {
                layer
            },
        )
    }

    /// The file that a secret is read from.
    pub(super) fn secret_file_of(&self, setting: &dyn Declared, entry: Option<&str>) -> Option<String> {
        let place = Place::of(setting.declaration(), entry);
        let path = self.path_in_use(&place).filter(|path| *path == place.file_path)?;
        self.figment.find_value(path).ok()?.into_string()
    }

    /// A setting that is no secret, as text.
    pub(super) fn shown(&self, setting: &dyn Declared, entry: Option<&str>) -> Option<String> {
        let place = Place::of(setting.declaration(), entry);
        match (self.figment.find_value(&place.path), setting.declaration().unset) {
            (Ok(value), _) => plain_text(&value),
            (Err(_), Unset::Default(text)) => Some(text.to_owned()),
            (Err(_), _) => None,
        }
    }

    /// The names of a table's entries.
    pub(super) fn names_in(&self, table: &EntryTable) -> Vec<String> {
        self.table(table.path).into_keys().collect()
    }

    fn table(&self, path: &str) -> Dict {
        let value = self.figment.find_value(path).ok();
        value.and_then(Merged::into_dict).unwrap_or_default()
    }

    fn read_at<T: Value + Sync>(&mut self, setting: &Setting<T>, entry: Option<&str>) -> Result<T, Invalid> {
        if let Some(value) = self.find_at(setting, entry)? {
            return Ok(value);
        }
        let read = match setting.declaration().unset {
            // The fields of a table's entries have theirs here: which entries there are is known only now.
            Unset::Default(text) => setting.parse(text),
            Unset::Missing(remedy) => Err(format!("is missing; {remedy}").into()),
            Unset::Nothing => Err("is missing".into()),
        };
        read.map_err(|problem| self.note(Place::of(setting.declaration(), entry).env, problem))
    }

    fn find_at<T: Value + Sync>(
        &mut self,
        setting: &Setting<T>,
        entry: Option<&str>,
    ) -> Result<Option<T>, Invalid> {
        let place = Place::of(setting.declaration(), entry);
        let Some(text) = self.text(&place)? else {
            return Ok(None);
        };
        match setting.parse(text.expose_secret()) {
            Ok(value) => Ok(Some(value)),
            Err(problem) => {
                let name = self.name_in_use(&place);
                Err(self.note(name, problem))
            }
        }
    }

    /// The text of a setting: by value or, where it is a secret, by file, not both.
    fn text(&mut self, place: &Place) -> Result<Option<SecretString>, Invalid> {
        let direct = self.figment.find_value(&place.path).ok();
        let file = place
            .secret
            .then(|| self.figment.find_value(&place.file_path).ok())
            .flatten();
        // A default is what counts where neither is set.
        let direct = direct.filter(|_| file.is_none() || !self.is_default(&place.path));
        match (direct, file) {
            (Some(_), Some(_)) => {
                let problem = format!("is set, and {} as well; keep one of them", place.file_env);
                Err(self.note(&place.env, problem))
            }
            (Some(value), None) => {
                let text = plain_text(&value).map(SecretString::from);
                text.map(Some).ok_or_else(|| {
                    let name = self.name_in_use(place);
                    self.note(name, "must be a single value or a list of texts")
                })
            }
            (None, Some(path)) => self.secret_file(place, &path).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn secret_file(&mut self, place: &Place, path: &Merged) -> Result<SecretString, Invalid> {
        let problem = match path.as_str().map(std::fs::read_to_string) {
            None => "must be the path of a file that has the secret".to_owned(),
            Some(Ok(text)) if text.trim().is_empty() => {
                "names a file that is empty; put the secret into it".to_owned()
            }
            Some(Ok(text)) => return Ok(bare(&text).into()),
            Some(Err(error)) => format!(
                "names a file that cannot be read ({}): name the file of this secret, and let this user read it",
                error.kind()
            ),
        };
        Err(self.note(&place.file_env, problem))
    }

    /// The name under which a setting was given: a variable, or a place in the file.
    fn name_in_use(&self, place: &Place) -> String {
        let path = self.path_in_use(place);
        match path.and_then(|path| Some((path, self.figment.find_metadata(path)?))) {
            Some((path, origin)) if origin.name == FILE => name_in_file(path),
            Some((_, origin)) if [ENVIRONMENT, ENVIRONMENT_FILE].contains(&&*origin.name) => origin
                .source
                .as_ref()
                .and_then(|source| source.custom())
                .unwrap_or(&place.env)
                .to_owned(),
            _ => place.env.clone(),
        }
    }

    /// The path that a setting has its value from: its own or its file's, and a default only where neither is set.
    fn path_in_use<'p>(&self, place: &'p Place) -> Option<&'p str> {
        let paths = [place.path.as_str(), place.file_path.as_str()];
        let mut present = paths.into_iter().filter(|path| self.figment.contains(path));
        let first = present.clone().next();
        present.find(|path| !self.is_default(path)).or(first)
    }

    fn is_default(&self, path: &str) -> bool {
        let origin = self.figment.find_metadata(path);
        origin.is_some_and(|origin| origin.name == DEFAULT)
    }

    fn note(&mut self, name: impl Into<String>, problem: impl Into<String>) -> Invalid {
        let fault = Fault::new(name, problem);
        self.faults.push(fault.clone());
        Invalid(fault)
    }
}

/// A secret without what editors put around it: a byte order mark in front, line ends behind.
fn bare(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.trim_end_matches(['\r', '\n'])
}

/// One entry of a table whose names are the operator's.
pub(super) struct TableEntry<'s> {
    source: &'s mut Source,
    path: String,
    name: String,
}

impl TableEntry<'_> {
    /// The name that the operator gave it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The value of a field that has a default or is required.
    pub(super) fn read<T: Value + Sync>(&mut self, field: &Setting<T>) -> Result<T, Invalid> {
        self.source.read_at(field, Some(&self.path))
    }

    /// The value of a field that may be left out.
    pub(super) fn find<T: Value + Sync>(&mut self, field: &Setting<T>) -> Result<Option<T>, Invalid> {
        self.source.find_at(field, Some(&self.path))
    }

    /// Notes a fault of a field that is set.
    pub(super) fn refuse(&mut self, field: &dyn Declared, problem: impl Into<String>) -> Invalid {
        let place = Place::of(field.declaration(), Some(&self.path));
        let name = self.source.name_in_use(&place);
        self.source.note(name, problem)
    }
}
