//! Where expansions find the runtime: `crate = ::path`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Ident, Path};

use crate::diag::Diag;
use crate::options::Options;
use crate::respan::at_span;

/// The path of the runtime. It prints itself, so `#krate::__private` works in a quote.
#[derive(Clone, Default)]
pub struct CratePath(Option<Path>);

impl CratePath {
    /// The path of the option `crate`, or `::obs_runtime`.
    ///
    /// Only a path that means the same in every module is taken: one that begins with
    /// `::`, `crate` or `$crate`.
    pub fn of(options: &Options, diag: &mut Diag) -> Self {
        let Some(path) = options.path("crate") else {
            return Self::default();
        };
        if is_absolute(path.value) {
            return Self(Some(path.value.clone()));
        }
        let is_of_module = ["self", "super", "Self"].iter().any(|word| {
            let first = path.value.segments.first();
            first.is_some_and(|first| first.ident == word)
        });
        let help = match is_of_module {
            true => "begin it with `::` or `crate::`".to_owned(),
            false => {
                let shown = path.value.to_token_stream().to_string().replace(' ', "");
                format!("write `::{shown}`")
            }
        };
        diag.error_on(
            path.value,
            format_args!("`crate` takes an absolute path; {help}"),
        );
        Self::default()
    }
}

impl CratePath {
    /// The path with all its tokens at one place, where an error about what follows it belongs.
    #[must_use]
    pub fn at(&self, span: Span) -> TokenStream {
        at_span(self, span)
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match &self.0 {
            Some(path) => path.to_tokens(tokens),
            None => tokens.extend(quote!(::obs_runtime)),
        }
    }
}

fn is_absolute(path: &Path) -> bool {
    let root = |ident: &Ident| ident == "crate" || ident == "$crate";
    path.leading_colon.is_some()
        || path
            .segments
            .first()
            .is_some_and(|first| root(&first.ident))
}

#[cfg(test)]
mod tests {
    use super::*;
    use obs_schema::option::Target;

    fn path(arguments: &str) -> (String, Vec<String>) {
        let mut diag = Diag::new();
        let options = Options::parse(Target::Timed, arguments.parse().unwrap(), &mut diag);
        let path = CratePath::of(&options, &mut diag).to_token_stream();
        (path.to_string().replace(' ', ""), diag.messages())
    }

    #[test]
    fn the_runtime_is_found_by_its_own_name() {
        assert_eq!(path(""), ("::obs_runtime".into(), vec![]));
    }

    #[test]
    fn an_absolute_path_is_taken() {
        assert_eq!(path("crate = ::telemetry::obs").0, "::telemetry::obs");
        assert_eq!(path("crate = crate::obs").0, "crate::obs");
    }

    #[test]
    fn a_path_that_depends_on_the_module_is_refused() {
        assert_eq!(
            path("crate = telemetry::obs").1,
            ["`crate` takes an absolute path; write `::telemetry::obs`"]
        );
        assert_eq!(
            path("crate = super::obs").1,
            ["`crate` takes an absolute path; begin it with `::` or `crate::`"]
        );
        assert_eq!(
            path("crate = \"obs\"").1,
            ["`crate` takes an absolute path, such as `::obs_runtime`"]
        );
    }
}
