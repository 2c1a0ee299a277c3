//! What was typed in the parentheses of an attribute, read against the option table.
//!
//! `#[attr("positional", key = value, flag, group(..), map(key = value))]` becomes
//! [`Options`]: every option at most once, its value already of the kind that the table
//! gives, each with the tokens it came from. Unknown options, duplicates and wrong
//! values are reported here, for all macros alike, and reading goes on after each.

mod list;
mod map;
mod read;
mod scalar;
mod value;
mod window;

use std::time::Duration;

use obs_schema::option::{OptionDef, Target};
use obs_schema::resilience::Window;
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Meta, Path, Type};

use crate::diag::Diag;

/// The options of one place.
#[derive(Clone)]
pub struct Options {
    target: Target,
    arguments: Vec<Argument>,
    /// Options that were written with a mistake, so that they do not also count as missing.
    broken: Vec<&'static str>,
    /// Options that an unknown name stands for, and that are not missing either.
    misnamed: Vec<&'static str>,
}

/// One option that was given.
#[derive(Clone)]
pub struct Argument {
    /// The option.
    pub option: &'static OptionDef,
    /// The key; for a positional argument its value.
    pub key: Span,
    /// The value.
    pub value: Value,
    /// The tokens of the value, for errors about it; those of the key for a flag.
    pub tokens: TokenStream,
}

/// A value, by the kind that the table asks for. It has passed the rule for that kind.
#[derive(Clone)]
pub enum Value {
    /// A flag that is there.
    Flag,
    /// `true` or `false`.
    Bool(bool),
    /// Text, names, units, words and choices.
    Text(String),
    /// A whole number.
    Int(u64),
    /// A ratio.
    Float(f64),
    /// A duration.
    Duration(Duration),
    /// A size in bytes.
    Size(u64),
    /// Bounds of buckets.
    Numbers(Vec<f64>),
    /// Quantiles with their errors.
    Objectives(Vec<(f64, f64)>),
    /// A list of words.
    Words(Vec<String>),
    /// Keys with text.
    Texts(Vec<(Key, String)>),
    /// Keys with ratios.
    Ratios(Vec<(Key, f64)>),
    /// An expression.
    Expr(Expr),
    /// Keys with expressions.
    Exprs(Vec<Entry>),
    /// Names of parameters.
    Names(Vec<Ident>),
    /// Which calls a circuit breaker looks at.
    Window(Window),
    /// A path: of the runtime, or of a `const`.
    Path(Path),
    /// Options of a group.
    Group(Options),
}

/// A key of a map: `region`, `http.route` or `"http.route"`.
#[derive(Debug, Clone)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Its tokens.
    pub tokens: TokenStream,
}

/// `key = expression`, `key: Type = expression` or `key = %expression` in a map.
#[derive(Clone)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The type, if it was written.
    pub ty: Option<Type>,
    /// How the value is to be written: `%expr`, `?expr`.
    pub form: Form,
    /// The expression.
    pub expr: Expr,
}

/// How the value of an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Plain,
    /// By its `Display`: `%expr`.
    Display,
    /// By its `Debug`: `?expr`.
    Debug,
}

/// A value of an option with the tokens it came from.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a, T> {
    /// The value.
    pub value: T,
    /// The key.
    pub key: Span,
    /// The tokens of the value.
    pub tokens: &'a TokenStream,
}

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident: $variant:ident($pattern:pat => $value:expr) -> $type:ty;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, option: &str) -> Option<Given<'_, $type>> {
            let argument = self.get(option)?;
            match &argument.value {
                Value::$variant($pattern) => Some(argument.given($value)),
                _ => None,
            }
        }
    )+};
}

impl Options {
    /// Reads the arguments of an attribute macro.
    pub fn parse(target: Target, arguments: TokenStream, diag: &mut Diag) -> Self {
        Self::parse_at(target, arguments, Span::call_site(), diag)
    }

    /// Reads the arguments of an attribute whose name is at `span`.
    pub fn parse_at(target: Target, arguments: TokenStream, span: Span, diag: &mut Diag) -> Self {
        let mut options = Self::none(target);
        options.read(arguments, diag);
        options.check_required(span, diag);
        options
    }

    /// Reads every attribute `#[name(..)]` among `attrs`, as if they were one.
    pub fn of(target: Target, name: &str, attrs: &[Attribute], diag: &mut Diag) -> Self {
        let mut options = Self::none(target);
        for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
            match &attr.meta {
                Meta::Path(_) => {}
                Meta::List(list) => options.read(list.tokens.clone(), diag),
                Meta::NameValue(pair) => diag.error_on(
                    &pair.value,
                    format_args!("write the options in parentheses: `#[{name}(..)]`"),
                ),
            }
        }
        options.check_required(Span::call_site(), diag);
        options
    }

    /// No option at all.
    #[must_use]
    pub fn none(target: Target) -> Self {
        Self {
            target,
            arguments: Vec::new(),
            broken: Vec::new(),
            misnamed: Vec::new(),
        }
    }

    /// Where the options were written.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    /// Every option that was given, in the order of the source.
    #[must_use]
    pub fn all(&self) -> &[Argument] {
        &self.arguments
    }

    /// An option that was given.
    #[must_use]
    pub fn get(&self, option: &str) -> Option<&Argument> {
        self.arguments
            .iter()
            .find(|argument| argument.option.name == option)
    }

    /// Whether a flag is there.
    #[must_use]
    pub fn flag(&self, option: &str) -> bool {
        self.get(option).is_some()
    }

    /// Whether an option was given with a mistake in its name or value, which has been reported.
    #[must_use]
    pub fn is_broken(&self, option: &str) -> bool {
        self.broken.contains(&option) || self.misnamed.contains(&option)
    }

    typed! {
        /// An option of `true` or `false`.
        bool: Bool(value => *value) -> bool;
        /// An option of text, a name, a unit, a word or a choice.
        text: Text(value => value.as_str()) -> &str;
        /// An option of a whole number.
        int: Int(value => *value) -> u64;
        /// An option of a ratio.
        float: Float(value => *value) -> f64;
        /// An option of a duration.
        duration: Duration(value => *value) -> Duration;
        /// An option of a size, in bytes.
        size: Size(value => *value) -> u64;
        /// An option of bucket bounds.
        numbers: Numbers(value => value.as_slice()) -> &[f64];
        /// An option of quantiles with their errors.
        objectives: Objectives(value => value.as_slice()) -> &[(f64, f64)];
        /// An option of a list of words.
        words: Words(value => value.as_slice()) -> &[String];
        /// An option of keys with text.
        texts: Texts(value => value.as_slice()) -> &[(Key, String)];
        /// An option of keys with ratios.
        ratios: Ratios(value => value.as_slice()) -> &[(Key, f64)];
        /// An option of an expression.
        expr: Expr(value => value) -> &Expr;
        /// An option of keys with expressions.
        exprs: Exprs(value => value.as_slice()) -> &[Entry];
        /// An option of names of parameters.
        names: Names(value => value.as_slice()) -> &[Ident];
        /// An option of the calls that a circuit breaker looks at.
        window: Window(value => *value) -> Window;
        /// An option of a path.
        path: Path(value => value) -> &Path;
        /// A group of options.
        group: Group(value => value) -> &Options;
    }
}

impl Argument {
    fn given<T>(&self, value: T) -> Given<'_, T> {
        Given {
            value,
            key: self.key,
            tokens: &self.tokens,
        }
    }
}

impl Key {
    fn of(ident: &Ident) -> Self {
        use syn::ext::IdentExt as _;
        Self {
            text: ident.unraw().to_string(),
            tokens: ident.to_token_stream(),
        }
    }

    /// The first token, for errors.
    #[must_use]
    pub fn span(&self) -> Span {
        self.tokens.span()
    }
}

#[cfg(test)]
mod tests;
