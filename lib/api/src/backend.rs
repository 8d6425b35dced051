//! The backends that are built in, and how one is chosen at run time.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
#[cfg(feature = "compiler")]
use wasmer_compiler::CompilerConfig;
use wasmer_types::{Features, Target};

use crate::engine::{Engine, NativeEngineExt};

macro_rules! backends {
    ($($(#[$attribute:meta])* $kind:ident $(in $feature:literal)? = $name:literal, $config:expr;)*) => {
        /// What an engine compiles with, of what this program was built with.
        ///
        /// It is the way from a name that is known at run time to an [`Engine`]. Programs that know the backend
        /// when they are built use its settings instead, for example [`Cranelift`](crate::Cranelift).
        ///
        /// # Example
        ///
        /// ```
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// use wasmer::{BackendKind, Engine, Module, Store};
        ///
        /// // Instead of this text, what the user says.
        /// let kind: BackendKind = "cranelift".parse()?;
        /// let store = Store::new(kind);
        /// assert_eq!(store.engine().name(), kind.name());
        /// Module::new(&store, "(module)")?;
        ///
        /// assert!(BackendKind::ALL.contains(&kind));
        /// let error = "cranelft".parse::<BackendKind>().unwrap_err();
        /// assert!(error.to_string().starts_with("there is no backend `cranelft`; this program has cranelift"));
        /// # Ok(()) }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum BackendKind {$(
            $(#[$attribute])*
            $(#[cfg(feature = $feature)])?
            $kind,
        )*}

        impl BackendKind {
            /// Those built in, the default first, the one without a compiler last.
            pub const ALL: &'static [Self] = &[$(
                $(#[cfg(feature = $feature)])?
                Self::$kind,
            )*];

            /// Its name, which is that of its engines ([`Engine::name`]), and which [`str::parse`] understands.
            pub const fn name(self) -> &'static str {
                match self {$(
                    $(#[cfg(feature = $feature)])?
                    Self::$kind => $name,
                )*}
            }

            /// The default settings of the compiler; `None` when there is no compiler.
            ///
            /// # Example
            ///
            /// ```
            /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
            /// use wasmer::{BackendKind, EngineBuilder, Store};
            ///
            /// let mut config = BackendKind::default().config().expect("a compiler");
            /// config.canonicalize_nans(true);
            /// let store = Store::new(EngineBuilder::new(config));
            /// assert!(BackendKind::Headless.config().is_none());
            /// # Ok(()) }
            /// ```
            #[cfg(feature = "compiler")]
            pub fn config(self) -> Option<Box<dyn CompilerConfig>> {
                match self {$(
                    $(#[cfg(feature = $feature)])?
                    Self::$kind => $config,
                )*}
            }
        }
    };
}

// In the order in which they are the default.
backends! {
    /// The Cranelift compiler: fast code.
    Cranelift in "cranelift" = "cranelift",
        Some(Box::new(wasmer_compiler_cranelift::Cranelift::default()));
    /// The LLVM compiler: the fastest code, for the longest time to compile.
    LLVM in "llvm-backend" = "llvm", Some(Box::new(wasmer_compiler_llvm::LLVM::default()));
    /// The Singlepass compiler: the shortest time to compile.
    Singlepass in "singlepass" = "singlepass",
        Some(Box::new(wasmer_compiler_singlepass::Singlepass::default()));
    /// No compiler: runs what was compiled before.
    Headless = "headless", None;
}

impl Default for BackendKind {
    /// The best compiler that is built in, if there is one.
    fn default() -> Self {
        Self::ALL[0]
    }
}

impl fmt::Display for BackendKind {
    /// Writes [`Self::name`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text is not the name of a backend that is built in: the error of [`str::parse`] for a [`BackendKind`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no backend `{name}`; this program has {}", names())]
pub struct ParseBackendKindError {
    name: String,
}

fn names() -> String {
    let names: Vec<_> = BackendKind::ALL.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

impl FromStr for BackendKind {
    type Err = ParseBackendKindError;

    /// # Errors
    ///
    /// When it is not the name of a backend that is built in. Capital letters matter.
    fn from_str(text: &str) -> Result<Self, ParseBackendKindError> {
        let found = Self::ALL.iter().find(|kind| kind.name() == text);
        found.copied().ok_or_else(|| ParseBackendKindError { name: text.to_owned() })
    }
}

impl From<BackendKind> for Engine {
    /// An engine with default settings, for this machine.
    fn from(kind: BackendKind) -> Self {
        #[cfg(feature = "compiler")]
        if let Some(config) = kind.config() {
            return Self::with_compiler(config, Target::default(), None);
        }
        let _ = kind;
        Self::headless()
    }
}

impl Engine {
    /// The proposals that are on in engines of a backend, for `target`, when nothing else is said. Without a
    /// compiler they have no effect.
    ///
    /// # Example
    ///
    /// ```
    /// use wasmer::{BackendKind, Engine, Target};
    ///
    /// let (kind, target) = (BackendKind::default(), Target::default());
    /// let default = Engine::default_features_for_backend(&kind, &target);
    /// assert_eq!(Engine::from(kind).features(), &default);
    /// assert!(Engine::supported_features_for_backend(&kind, &target).contains_features(&default));
    /// ```
    pub fn default_features_for_backend(backend: &BackendKind, target: &Target) -> Features {
        #[cfg(feature = "compiler")]
        if let Some(config) = backend.config() {
            return config.default_features_for_target(target);
        }
        let _ = (backend, target);
        Features::default()
    }

    /// The proposals that a backend can compile for `target`. Without a compiler, the default set. There is an
    /// example at [`Self::default_features_for_backend`].
    pub fn supported_features_for_backend(backend: &BackendKind, target: &Target) -> Features {
        #[cfg(feature = "compiler")]
        if let Some(config) = backend.config() {
            return config.supported_features_for_target(target);
        }
        let _ = (backend, target);
        Features::default()
    }
}
