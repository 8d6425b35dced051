//! Settings that `wasmer config set` keeps, and that count where no option says anything else.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, anyhow};
use clap::ValueEnum;
use toml_edit::{DocumentMut, Item, Value};
use wasmer::BackendKind;

use crate::compiler::OptLevel;
use crate::directories::Directories;
use crate::quantity::parse_size;
use crate::report::Advice;

/// A setting. In the file it is a key in a table, for example `backend` in `[compiler]`.
pub(crate) struct Key {
    table: &'static str,
    key: &'static str,
    /// For people.
    pub(crate) meaning: &'static str,
    /// The value for the file, or what was expected.
    parse: fn(&str) -> Result<Value, String>,
}

/// All settings.
pub(crate) static KEYS: &[Key] = &[
    Key {
        table: "compiler",
        key: "backend",
        meaning: "the compiler, if no option names one: cranelift, singlepass, llvm",
        parse: |text| parse_backend(text).map(|backend| backend.name().into()),
    },
    Key {
        table: "compiler",
        key: "opt-level",
        meaning: "as --opt-level, for the compilers that have levels: 0, 1, 2, 3, s",
        parse: |text| parse_level(text).map(|_| text.into()),
    },
    Key {
        table: "compiler",
        key: "threads",
        meaning: "as --compiler-threads",
        parse: |text| match text.parse::<std::num::NonZero<u16>>() {
            Ok(threads) => Ok(i64::from(threads.get()).into()),
            Err(_) => Err("expected a number of threads".to_owned()),
        },
    },
    Key {
        table: "cache",
        key: "enabled",
        meaning: "false is as --disable-cache",
        parse: |text| match bool::from_str(text) {
            Ok(enabled) => Ok(enabled.into()),
            Err(_) => Err("expected true or false".to_owned()),
        },
    },
    Key {
        table: "cache",
        key: "dir",
        meaning: "as --cache-dir: an absolute path",
        parse: |text| match text.starts_with('/') {
            true => Ok(text.into()),
            false => Err("expected an absolute path".to_owned()),
        },
    },
    Key {
        table: "cache",
        key: "max-size",
        meaning: "how much the cache may keep: 512M, 2GiB",
        parse: |text| parse_size(text).map(|_| text.into()),
    },
];

fn parse_backend(text: &str) -> Result<BackendKind, String> {
    match text.parse() {
        Ok(BackendKind::Headless) => Err("expected a compiler".to_owned()),
        Ok(backend) => Ok(backend),
        Err(error) => Err(format!("{error}")),
    }
}

fn parse_level(text: &str) -> Result<OptLevel, String> {
    OptLevel::from_str(text, false).map_err(|_| "expected one of 0, 1, 2, 3, s".to_owned())
}

impl Key {
    /// The setting of a name.
    pub(crate) fn named(name: &str) -> anyhow::Result<&'static Self> {
        KEYS.iter().find(|key| key.name() == name).ok_or_else(|| {
            let known: Vec<String> = KEYS.iter().map(|key| format!("`{}`", key.name())).collect();
            let help = format!("there are {}", known.join(", "));
            Advice::new(format!("there is no setting `{name}`"), help).into()
        })
    }

    /// Its name.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }
}

/// What is in the file of the settings. What others have put there is left alone.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// `None` if there is no home.
    path: Option<PathBuf>,
    document: DocumentMut,
}

impl Settings {
    /// Reads the file. If there is none, there are no settings.
    pub(crate) fn read(directories: &Directories) -> anyhow::Result<Self> {
        let Some(path) = directories.settings() else { return Ok(Self::default()) };
        let failure = || format!("unable to read the settings in `{}`", path.display());
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if is_absence(error.kind()) => {
                return Ok(Self { path: Some(path), ..Self::default() });
            }
            Err(error) => return Err(error).with_context(failure),
        };
        match text.parse() {
            Ok(document) => Ok(Self { path: Some(path), document }),
            Err(error) => {
                let error = anyhow!("{}", error.to_string().trim_end()).context(failure());
                Err(Advice::on(error, "mend the file, or delete it to have none"))
            }
        }
    }

    /// Those of a command that has no options for directories.
    pub(crate) fn of_environment() -> anyhow::Result<Self> {
        Self::read(&Directories::of_environment())
    }

    /// The value of a setting, if it has one.
    ///
    /// # Errors
    ///
    /// When what is in the file is no value for it.
    pub(crate) fn get(&self, key: &Key) -> anyhow::Result<Option<String>> {
        let Some(item) = self.document.get(key.table).and_then(|table| table.get(key.key)) else {
            return Ok(None);
        };
        let text = match item {
            Item::Value(Value::String(text)) => text.value().clone(),
            Item::Value(value) => value.clone().decorated("", "").to_string(),
            _ => "a table".to_owned(),
        };
        match (key.parse)(&text) {
            Ok(_) => Ok(Some(text)),
            Err(expected) => Err(Advice::new(
                format!("the setting `{}` is `{text}`: {expected}", key.name()),
                format!("set it with `wasmer config set {} VALUE`, or to `none`", key.name()),
            )
            .into()),
        }
    }

    /// Sets a setting; to nothing if `text` is `none` or empty.
    pub(crate) fn set(&mut self, key: &Key, text: &str) -> anyhow::Result<()> {
        if matches!(text, "none" | "") {
            if let Some(table) = self.document.get_mut(key.table).and_then(Item::as_table_like_mut)
            {
                table.remove(key.key);
            }
            return Ok(());
        }
        let value = (key.parse)(text)
            .map_err(|expected| anyhow!("`{text}` is no value for `{}`: {expected}", key.name()))?;
        let table = self.document.entry(key.table).or_insert_with(toml_edit::table);
        let table = table
            .as_table_like_mut()
            .with_context(|| format!("`{}` is not a table in the file", key.table))?;
        table.insert(key.key, Item::Value(value));
        Ok(())
    }

    /// Writes the file: all of it or nothing.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        let path =
            self.path.as_ref().context("there is no home directory; name one with --wasmer-dir")?;
        let failure = || format!("unable to write the settings to `{}`", path.display());
        if let Some(home) = path.parent() {
            fs::create_dir_all(home).with_context(failure)?;
        }
        let new = path.with_extension(format!("toml.{}", std::process::id()));
        let written =
            fs::write(&new, self.document.to_string()).and_then(|()| fs::rename(&new, path));
        if written.is_err() {
            // It may not even be there.
            let _ = fs::remove_file(&new);
        }
        written.with_context(failure)
    }

    /// The value of the setting of a name, as what it stands for.
    fn parsed<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> anyhow::Result<Option<T>> {
        let text = self.get(Key::named(name)?)?;
        Ok(text.and_then(|text| parse(&text)))
    }

    /// The compiler.
    pub(crate) fn backend(&self) -> anyhow::Result<Option<BackendKind>> {
        self.parsed("compiler.backend", |text| parse_backend(text).ok())
    }

    /// The level of optimization.
    pub(crate) fn opt_level(&self) -> anyhow::Result<Option<OptLevel>> {
        self.parsed("compiler.opt-level", |text| parse_level(text).ok())
    }

    /// How many threads compile.
    pub(crate) fn threads(&self) -> anyhow::Result<Option<std::num::NonZero<usize>>> {
        self.parsed("compiler.threads", |text| text.parse().ok())
    }

    /// Whether compiled modules are kept.
    pub(crate) fn is_cache_enabled(&self) -> anyhow::Result<bool> {
        Ok(self.parsed("cache.enabled", |text| text.parse().ok())?.unwrap_or(true))
    }

    /// Where caches are.
    pub(crate) fn cache_dir(&self) -> anyhow::Result<Option<String>> {
        self.parsed("cache.dir", |text| Some(text.to_owned()))
    }

    /// How many bytes a cache may have.
    pub(crate) fn cache_max_size(&self) -> anyhow::Result<Option<u64>> {
        self.parsed("cache.max-size", |text| parse_size(text).ok())
    }
}

/// Whether a file is not there, or can't be.
fn is_absence(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_values_are_checked() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(std::ptr::eq(Key::named(&key.name()).unwrap(), &KEYS[index]));
            assert!((key.parse)("\u{1}").is_err(), "{}", key.name());
        }
    }

    #[test]
    fn what_others_have_written_stays() {
        let text = "# mine\n[registry]\nurl = \"x\" # why\n";
        let mut settings = Settings { path: None, document: text.parse().unwrap() };
        let key = Key::named("compiler.threads").unwrap();
        settings.set(key, "3").unwrap();
        assert_eq!(settings.get(key).unwrap().as_deref(), Some("3"));
        assert_eq!(settings.document.to_string(), format!("{text}\n[compiler]\nthreads = 3\n"));
        settings.set(key, "none").unwrap();
        assert_eq!(settings.get(key).unwrap(), None);
        assert!(settings.set(key, "many").is_err());
        settings.document = "compiler = 3".parse().unwrap();
        assert!(settings.set(key, "3").is_err() && settings.get(key).unwrap().is_none());
        settings.document = "[compiler]\nthreads = \"x\"".parse().unwrap();
        assert!(settings.get(key).is_err());
    }
}
